"""Makes a store: explicitly, or with the first write. The header comes last, so a crash on the way leaves no store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import BackendError
from orqo_vault_file.disk.files import TEMPORARY, Folder
from orqo_vault_file.disk.locking import LOCK, Lock
from orqo_vault_file.format import epochs, header, sealed_file
from orqo_vault_file.format.sealing import KEY_LENGTH
from orqo_vault_file.history import rollback
from orqo_vault_file.history.marks import StoreMark, stores_known_in
from orqo_vault_file.keys import first_opener, slots
from orqo_vault_file.keys.first_opener import First

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.keys.slots import Opener
    from orqo_vault_file.store import Store

_ATTRIBUTES = b"* -text -merge -diff\n"
_IGNORED = b".lock\n.tmp-*\n"


class Created(NamedTuple):
    """A new store and what opens it, for the message that must be read once."""

    store_id: str
    directory: str
    first: First

    def __str__(self) -> str:
        made = f"made the store {self.directory} ({header.short(self.store_id)})"
        if self.first.made:
            return f"{made} and its key file {self.first.place}: back this file up; without it the store is lost"
        return f"{made}, opened by {self.first.place}: keep that safe; without it the store is lost"


def create_if_absent(store: Store, deadline: Deadline) -> None:
    """Make the store that a first write needs, unless another process just did; say so once."""
    known = lost(store)
    if known:  # a new store would hide that the old one is gone
        raise rollback.of_directory(store.directory, None, known)
    created = _create(store, None, deadline)
    if created is not None:
        store.notify(str(created))


def lost(store: Store) -> list[str]:
    """Return the ids of the stores that this machine has seen in the directory, when there is none now."""
    known = stores_known_in(store.state_dir, store.place())  # first: a mark is raised after its store was made
    root = Folder.find(store.directory) if known else None
    if root is not None:
        with root:
            if store.id_in(root) is not None:
                return []
    return known


def create(store: Store, deadline: Deadline, opener: Opener | None = None) -> Created:
    """Make the store, opened by ``opener`` or else by what is at hand (a new key file if nothing is).

    Raises when the directory holds a store. That this machine has seen another one there does not matter any more.
    """
    created = _create(store, opener, deadline)
    if created is None:
        raise BackendError(
            f"{store.directory} holds a store already", hint="orqo-vault store slot add lets others open it"
        )
    return created


def _create(store: Store, opener: Opener | None, deadline: Deadline) -> Created | None:
    with Folder.make(os.path.abspath(store.directory)) as root, Lock(root, deadline):
        if store.id_in(root) is not None:
            return None
        _refuse_foreign(root)
        store_id = header.new_store_id()
        _clear(root)
        root.replace(".gitignore", _IGNORED)
        root.replace(".gitattributes", _ATTRIBUTES)
        first = First(opener, "what was given") if opener else first_opener.at_hand(store, store_id)
        master, epoch_id = os.urandom(KEY_LENGTH), epochs.new_epoch_id()
        _put(root, epochs.FOLDER, epoch_id, epochs.compose(store_id, epoch_id, 1, epochs.new_root_key(), master))
        _put(root, slots.FOLDER, *slots.compose(first.opener, store_id, master))
        root.replace(header.NAME, header.compose(store_id))
        mark = StoreMark(store.place(), slots.master_id(master), height=1)
        store.marks_of(store_id).raise_store(mark, deadline)
    return Created(store_id, store.directory, first)


def _refuse_foreign(root: Folder) -> None:
    """Raise when the folder holds what no creation of ours left there: it is somebody's, and not empty."""
    ours = {LOCK, slots.FOLDER, epochs.FOLDER, sealed_file.FOLDER}
    contents = {".gitignore": _IGNORED, ".gitattributes": _ATTRIBUTES}
    for name in root.names():
        if name in ours or name.startswith(TEMPORARY):
            continue
        if name not in contents or root.read(name, 4096) != contents[name]:
            raise BackendError(
                f"{root.shown} holds no store and is not empty ({name})", hint="name an own directory for the store"
            )


def _clear(root: Folder) -> None:
    """Remove what a crashed creation left: without a header and without secrets, its keys open nothing."""
    for name in (slots.FOLDER, epochs.FOLDER):
        folder = root.sub(name)
        if folder is not None:
            with folder:
                for leftover in folder.names():
                    folder.remove(leftover)


def _put(root: Folder, folder_name: str, name: str, data: bytes) -> None:
    with root.make_sub(folder_name) as folder:
        folder.replace(name, data)
