"""Letting somebody else open the store: what will open their slot, and how it gets to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import BackendError
from orqo_vault.secret import SecretValue
from orqo_vault_file.keys import first_opener, key_files, slots
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.key_files import Refusal
from orqo_vault_file.keys.slot_changes import add_slot
from orqo_vault_file.keys.slots import Opener, Slot

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.store import Store


class Handed(NamedTuple):
    """A new slot, and the text of the key for it where that is in no file."""

    slot: Slot
    key: Key


def with_new_key_file(store: Store, path: str, label: str, deadline: Deadline) -> Slot:
    """Make a key file at ``path`` and a slot that it opens; without the slot there is no file either."""
    first = first_opener.new_key_file(path, store, label)
    try:
        return add_slot(store, first.opener, deadline)
    except BaseException:
        key_files.discard(path)
        raise


def with_key_file(store: Store, path: str, label: str, deadline: Deadline) -> Slot:
    """Make a slot for the key that stands in a file already."""
    return add_slot(store, Opener(slots.KEY_FILE, read_key(path), label), deadline)


def with_variable(store: Store, label: str, deadline: Deadline) -> Handed:
    """Make a slot for a new key that is to be set as ``ORQO_VAULT_KEY`` somewhere else."""
    key = keys.new_key()
    return Handed(add_slot(store, Opener(slots.ENVIRONMENT, key, label), deadline), key)


def with_passphrase(store: Store, passphrase: SecretValue, label: str, deadline: Deadline) -> Slot:
    """Make a slot for a passphrase; raises when it is too short."""
    return add_slot(store, first_opener.by_passphrase(passphrase, label), deadline)


def read_key(path: str) -> Key:
    """Return the key in a file that somebody named, or raise."""
    found = keys.parse(_text(path))
    if isinstance(found, str):
        raise BackendError(f"{path} {found}")
    return found


def read_passphrase(path: str) -> SecretValue:
    """Return the passphrase in a file that somebody named, without the line's end, or raise."""
    return SecretValue(_text(path).removesuffix("\n").removesuffix("\r"))


def _text(path: str) -> str:
    text = key_files.read(path, chosen=True)
    if isinstance(text, Refusal):
        raise BackendError(f"{path} {text.reason}", hint=text.hint)
    return text
