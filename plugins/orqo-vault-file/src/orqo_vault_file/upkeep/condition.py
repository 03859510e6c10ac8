"""What is not as it should be around a store that works: for ``check``, never a reason to stop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orqo_vault.backend import Concern
from orqo_vault_file.format import epochs, header, sealed_file
from orqo_vault_file.keys import slots
from orqo_vault_file.keys.key_files import Refusal

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.disk.files import Folder
    from orqo_vault_file.store import Store, Visit


def notes(store: Store) -> tuple[str, ...]:
    """Return what a person should know. Raises when the store does not open here."""
    with store.visit() as visit:
        if visit is None:
            return (f"{store.directory} holds no store yet; the first secret that is stored makes it",)
        return ()


def concerns(store: Store, project: str, deadline: Deadline) -> tuple[Concern, ...]:
    """Return what endangers a store that opens here: who can write it, how its keys are kept, what is not noticed."""
    with store.visit() as visit:
        if visit is None:
            return ()
        keys = _keys(store, visit.store_id, os.path.realpath(project))
        return (*_open_permissions(visit.root), *keys, *_marks(visit, deadline))


def _marks(visit: Visit, deadline: Deadline) -> Iterator[Concern]:
    visit.marks.probe(deadline)
    if visit.marks.problem is not None:
        what = f"rollback cannot be noticed on this machine: {visit.marks.problem}"
        yield Concern(what, "make the state folder writable, or set XDG_STATE_HOME")


def _keys(store: Store, store_id: str, project: str) -> Iterator[Concern]:
    for place, key in store.openers.keys(store_id):
        if isinstance(key, Refusal) and not key.absent:
            yield Concern(
                f"{place} {key.reason}", key.hint or "put a key of this store there, or remove it", grave=True
            )
    files = [store.openers.chosen_key_file(), store.openers.default_key_file(store_id)]
    for path in (os.path.realpath(file) for file in files if file is not None and os.path.exists(file)):
        if path.startswith(f"{project}{os.sep}"):
            yield Concern(f"key file {path} stands in the project that it opens", "move it out: it could be committed")


def _open_permissions(root: Folder) -> Iterator[Concern]:
    places = {root.shown: root.mode(), root.place(header.NAME): root.mode(header.NAME)}
    for name in (sealed_file.FOLDER, epochs.FOLDER, slots.FOLDER):
        places[root.place(name)] = root.mode(name)
    for place, mode in places.items():
        if mode is not None and mode & 0o022:
            yield Concern(f"{place} can be written by others", f"chmod go-w {place}", grave=True)
