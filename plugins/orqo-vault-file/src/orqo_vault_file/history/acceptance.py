"""Accepting an older state on purpose: what stands there is sealed again above every mark, so every machine passes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.backend.contract import merged
from orqo_vault.errors import OrqoVaultError
from orqo_vault_file.history import rollback
from orqo_vault_file.reading import paths_with_a_file
from orqo_vault_file.store import newest_epoch, prepare_to_seal
from orqo_vault_file.upkeep.rotation import add_epoch
from orqo_vault_file.writing import next_generation, only_writer, present, put

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.format.epochs import Epoch
    from orqo_vault_file.store import Store, Visit


class Accepted(NamedTuple):
    """One path whose state, or absence, counts as the newest from now on."""

    path: str
    seen: int
    """The generation this machine had seen."""
    found: int
    """The generation that stood in the store; 0 when its file was missing."""
    live: bool


def accept(store: Store, paths: Iterable[str], deadline: Deadline) -> list[Accepted]:
    """Accept what stands at these paths; those with nothing to accept are left alone and left out."""
    with only_writer(store, deadline) as visit:
        epoch = prepare_to_seal(store, visit)
        return _accept(visit, list(dict.fromkeys(paths)), epoch, deadline)


def accept_all(store: Store, deadline: Deadline) -> list[Accepted]:
    """Accept the whole store as it stands: every path, the epochs, and that it is this store and no other."""
    lenient = store.lenient()
    with only_writer(lenient, deadline) as visit:
        newest = newest_epoch(visit)
        mark = visit.marks.of_store()
        if rollback.of_store(visit.store_id, newest.height, newest.master, mark) is not None:
            add_epoch(lenient, visit, visit.keyring.master(visit.root, newest.master), deadline)
        active = prepare_to_seal(lenient, visit)
        lenient.remember(visit.session, active, deadline)
        seen = {mark.path for mark in visit.marks.all_paths()}
        accepted = _accept(visit, sorted(seen | paths_with_a_file(visit)), active, deadline)
    store.forget()
    return accepted


def _accept(visit: Visit, paths: list[str], epoch: Epoch, deadline: Deadline) -> list[Accepted]:
    accepted: list[Accepted] = []
    failed: dict[str, OrqoVaultError] = {}
    for path in paths:
        deadline.check("accepting")
        try:
            found = present(visit, path)
            mark = visit.marks.of_path(path)
            if rollback.of_path(path, found, mark, visit.minimum()) is None:
                continue
            secret = found.secret if found else None
            put(visit, path, secret, next_generation(found, mark), epoch, deadline)
        except OrqoVaultError as error:
            failed[path] = error
            continue
        generation = found.line.generation if found else 0
        accepted.append(Accepted(path, mark.generation if mark else 0, generation, secret is not None))
    if failed:
        raise merged(failed)
    return accepted
