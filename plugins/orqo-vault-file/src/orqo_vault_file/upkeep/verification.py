"""Opens everything in the store and says what is wrong, without changing a file or a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import BackendError, OrqoVaultError
from orqo_vault_file.disk.files import TEMPORARY
from orqo_vault_file.format import names, sealed_file
from orqo_vault_file.history import rollback
from orqo_vault_file.keys import slots
from orqo_vault_file.writing import present

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.store import Store, Visit


class Verification(NamedTuple):
    """What was found; ``problems`` is empty exactly when everything opened and nothing is older than it was."""

    live: tuple[str, ...]
    """The paths that hold a secret."""
    deleted: tuple[str, ...]
    """The paths that hold a tombstone."""
    epochs: int
    slots: int
    problems: tuple[OrqoVaultError, ...]
    strays: tuple[str, ...]
    """Files beside the secrets that do not belong there."""


def verify(store: Store, deadline: Deadline) -> Verification:
    """Open every slot file, epoch and secret. Raises when there is no store or it does not open here."""
    with store.visit() as visit:
        if visit is None:
            raise BackendError(f"{store.directory} holds no store", hint="orqo-vault store init makes one")
        problems = list(visit.keyring.load(visit.root).values())
        known, unknown = slots.read_all(visit.root, visit.store_id)
        paths, strays = _listed(visit)
        minimum = visit.minimum()
        live: list[str] = []
        deleted: list[str] = []
        for path in sorted(paths | {mark.path for mark in visit.marks.all_paths()}):
            deadline.check("verifying")
            try:
                found = present(visit, path)
                problem = rollback.of_path(path, found, visit.marks.of_path(path), minimum)
            except OrqoVaultError as error:
                found, problem = None, error
            if problem is not None:
                problems.append(problem)
            elif found is not None:
                (live if found.line.live else deleted).append(path)
    return Verification(
        tuple(live), tuple(deleted), visit.keyring.count, len(known) + len(unknown), tuple(problems), tuple(strays)
    )


def _listed(visit: Visit) -> tuple[set[str], list[str]]:
    folder = visit.root.sub(sealed_file.FOLDER)
    if folder is None:
        return set(), []
    with folder:
        listed = folder.names()
    paths = {path for path in map(names.path_of, listed) if path is not None}
    strays = [name for name in listed if names.path_of(name) is None and not name.startswith(TEMPORARY)]
    return paths, strays
