"""The file ``header``: which format, which store. Written once, last, when a store is made; never changed."""

from __future__ import annotations

import os

from orqo_vault.errors import BackendError, CorruptSecretError
from orqo_vault_file.disk.files import Folder
from orqo_vault_file.format.two_lines import is_hex, refuse_carriage_returns

NAME = "header"
ID_LENGTH = 32

_FORMAT = "orqo-vault-store/"
_VERSION = "1"
_CAP = 4096


def new_store_id() -> str:
    """Return the id of a store that does not exist yet."""
    return os.urandom(ID_LENGTH // 2).hex()


def compose(store_id: str) -> bytes:
    """Return the header's bytes."""
    return f"{_FORMAT}{_VERSION}\nstore {store_id}\n".encode("ascii")


def read(root: Folder) -> str | None:
    """Return the store's id; None when the folder has no header."""
    data = root.read(NAME, _CAP)
    if data is None:
        return None
    shown = root.place(NAME)
    refuse_carriage_returns(data, shown)
    first, _, rest = data.decode("ascii", "replace").partition("\n")
    version = first.removeprefix(_FORMAT)
    if version != first and version != _VERSION and version.isdigit():
        raise BackendError(f"{shown}: the store has version {version}", hint="a newer orqo-vault-file can read it")
    store_id = rest.removeprefix("store ").removesuffix("\n")
    if not is_hex(store_id, ID_LENGTH) or data != compose(store_id):
        raise CorruptSecretError(f"{shown} was changed", hint="restore it from git or a backup; it never changes")
    return store_id


def short(store_id: str) -> str:
    """Return the id as messages show it."""
    return f"{store_id[:8]}…"
