"""Epochs: the root keys under which credentials are sealed, each sealed under the master key in its own file."""

from __future__ import annotations

import os
from typing import NamedTuple

from orqo_vault.errors import CorruptSecretError, TamperedError
from orqo_vault_file.disk.files import Folder
from orqo_vault_file.format.sealed_file import MOST_GENERATION
from orqo_vault_file.format.sealing import KEY_LENGTH, OVERHEAD, context, expand, seal, unseal
from orqo_vault_file.format.two_lines import fields, is_hex, join, number, parse, unfinished
from orqo_vault_file.keys.slots import master_id

FOLDER = "epochs"

_LABEL = "epoch"
_MAGIC = "orqo-vault-epoch/1"
_NAMES = ("store", "id", "height", "mk")
_ID_LENGTH = 16
_CAP = 4096


class Epoch(NamedTuple):
    """One opened epoch. The greatest ``(height, id)`` of a store is the one that new seals use."""

    id: str
    height: int
    master: str
    """The id of the master key it was sealed under when it was opened."""
    key: bytes
    """Seals credentials; derived from the root key."""

    def __repr__(self) -> str:
        return f"Epoch({self.id}, height {self.height}, key ********)"


class SealedEpoch(NamedTuple):
    """An epoch's file as it stands in the store; nothing in it is believed before its seal opened."""

    id: str
    height: int
    master: str
    """The id of the master key it is sealed under."""
    line: bytes
    sealed: bytes

    def root_key(self, store_id: str, master: bytes) -> bytes:
        """Return the root key, or raise :class:`TamperedError`."""
        root = unseal(expand(master, "epoch"), context(_LABEL, store_id, self.id, self.line), self.sealed)
        if root is None or len(root) != KEY_LENGTH:
            raise TamperedError(
                f"epoch {self.id} was changed: its seal does not open", hint="restore it from git or a backup"
            )
        return root

    def open(self, store_id: str, master: bytes) -> Epoch:
        """Return the epoch, or raise :class:`TamperedError`."""
        return Epoch(self.id, self.height, self.master, expand(self.root_key(store_id, master), "credential"))


def new_epoch_id() -> str:
    """Return an id that no other branch will pick."""
    return os.urandom(_ID_LENGTH // 2).hex()


def new_root_key() -> bytes:
    """Return a fresh root key."""
    return os.urandom(KEY_LENGTH)


def compose(store_id: str, epoch_id: str, height: int, root_key: bytes, master: bytes) -> bytes:
    """Return the bytes of an epoch's file."""
    line = f"{_MAGIC} store={store_id} id={epoch_id} height={height} mk={master_id(master)}".encode("ascii")
    return join(line, seal(expand(master, "epoch"), context(_LABEL, store_id, epoch_id, line), root_key))


def ids(root: Folder) -> list[str]:
    """Return the ids of all epochs in the store."""
    folder = root.sub(FOLDER)
    if folder is None:
        return []
    with folder:
        return [name for name in folder.names() if is_hex(name, _ID_LENGTH)]


def is_unfinished(root: Folder, epoch_id: str) -> bool:
    """Tell whether an epoch's file may be still to come, or to be completed."""
    return unfinished(_content(root, epoch_id))


def read(root: Folder, store_id: str, epoch_id: str) -> SealedEpoch | None:
    """Return one epoch's file, None when it is not there."""
    data = _content(root, epoch_id)
    if data is None:
        return None
    shown = root.place(f"{FOLDER}/{epoch_id}")
    line, sealed = parse(data, shown)
    values = fields(line, _MAGIC, _NAMES)
    height = number(values["height"], least=1, most=MOST_GENERATION) if values else None
    if values is None or height is None or not is_hex(values["mk"], 16) or len(sealed) != KEY_LENGTH + OVERHEAD:
        raise CorruptSecretError(f"{shown} was changed or cut")
    if values["store"] != store_id or values["id"] != epoch_id:
        raise TamperedError(f"{shown} is another epoch's or another store's file")
    return SealedEpoch(epoch_id, height, values["mk"], line, sealed)


def _content(root: Folder, epoch_id: str) -> bytes | None:
    folder = root.sub(FOLDER)
    if folder is None:
        return None
    with folder:
        return folder.read(epoch_id, _CAP)
