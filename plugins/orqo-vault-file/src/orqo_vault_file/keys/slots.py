"""Key slots: the master key sealed for one opener a file. Slots name no path and no variable of anybody's machine."""

from __future__ import annotations

import os
from typing import NamedTuple

from orqo_vault.errors import CorruptSecretError, TamperedError
from orqo_vault_file.disk.files import Folder
from orqo_vault_file.format.sealing import KEY_LENGTH, OVERHEAD, context, identifier, seal, unseal
from orqo_vault_file.format.two_lines import fields, is_hex, join, number, parse
from orqo_vault_file.keys import passphrases
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.passphrases import Derivation

FOLDER = "slots"
KEY_FILE = "key-file"
ENVIRONMENT = "environment"
PASSPHRASE = "passphrase"  # noqa: S105  # a kind of slot, not a password
MOST_SLOTS = 64
MOST_PASSPHRASES = 8

_LABEL = "slot"
_MAGIC = "orqo-vault-slot/1"
_ID_LENGTH = 16
_CAP = 16 * 1024
_LABEL_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@+-"
_BY_KEY = ("store", "id", "kind", "mk", "key", "label")
_BY_PASSPHRASE = ("store", "id", "kind", "mk", "memory", "passes", "lanes", "salt", "label")
_SHAPES = {KEY_FILE: _BY_KEY, ENVIRONMENT: _BY_KEY, PASSPHRASE: _BY_PASSPHRASE}
_SPOKEN = {KEY_FILE: "key file", ENVIRONMENT: "environment variable", PASSPHRASE: "passphrase"}


class Slot(NamedTuple):
    """One slot as it stands in the store."""

    id: str
    kind: str
    master: str
    """The id of the master key in it."""
    label: str
    fingerprint: str | None
    """Which key opens it; None for a passphrase."""
    derivation: Derivation | None
    line: bytes
    sealed: bytes

    @property
    def opened_by(self) -> str:
        """What opens it, in words."""
        return _SPOKEN[self.kind]

    def __str__(self) -> str:
        return f"{self.opened_by} {self.id[:4]}" + (f" '{self.label}'" if self.label else "")

    def open(self, store_id: str, key: Key) -> bytes | None:
        """Return the master key; None when this key does not open the slot."""
        master = unseal(key.slot_key(), context(_LABEL, store_id, self.id, self.line), self.sealed)
        if master is None:
            return None
        if len(master) != KEY_LENGTH or master_id(master) != self.master:
            raise TamperedError(f"slot {self.id} holds another master key than it says")
        return master


class Opener(NamedTuple):
    """What a new slot will be opened with."""

    kind: str
    key: Key
    label: str
    derivation: Derivation | None = None


def master_id(master: bytes) -> str:
    """Return the name of a master key."""
    return identifier(master, "master-key-id")


def is_label(text: str) -> bool:
    """Tell whether ``text`` can label a slot: letters, digits and ``. _ @ + -``, at most 64."""
    return len(text) <= 64 and not text.strip(_LABEL_CHARACTERS)


def compose(opener: Opener, store_id: str, master: bytes) -> tuple[str, bytes]:
    """Return the id and the bytes of a new slot that seals ``master`` for ``opener``."""
    slot_id = os.urandom(_ID_LENGTH // 2).hex()
    how = opener.derivation
    opened_by = (
        f"key={opener.key.fingerprint}"
        if how is None
        else f"memory={how.memory} passes={how.passes} lanes={how.lanes} salt={how.salt.hex()}"
    )
    line = (
        f"{_MAGIC} store={store_id} id={slot_id} kind={opener.kind} mk={master_id(master)} {opened_by} "
        f"label={opener.label}"
    ).encode("ascii")
    return slot_id, join(line, seal(opener.key.slot_key(), context(_LABEL, store_id, slot_id, line), master))


def read_all(root: Folder, store_id: str) -> tuple[list[Slot], list[str]]:
    """Return the slots this version understands and the ids of the others, which are left alone."""
    folder = root.sub(FOLDER)
    if folder is None:
        return [], []
    with folder:
        ids = [name for name in folder.names() if is_hex(name, _ID_LENGTH)]
        if len(ids) > 2 * MOST_SLOTS:  # twice: removing a slot writes the new ones before it removes the old
            raise TamperedError(f"{folder.shown} holds {len(ids)} slots; at most {MOST_SLOTS} are allowed")
        known, unknown = [], []
        for slot_id in ids:
            data = folder.read(slot_id, _CAP)
            if data is None:
                continue  # removed since it was listed
            slot = _parsed(slot_id, data, store_id, folder.place(slot_id))
            if slot is None:
                unknown.append(slot_id)
            else:
                known.append(slot)
    return known, unknown


def _parsed(slot_id: str, data: bytes, store_id: str, shown: str) -> Slot | None:
    first, _, rest = data.partition(b"\n")[0].partition(b" ")
    kind = next((part[5:].decode("ascii", "replace") for part in rest.split(b" ") if part.startswith(b"kind=")), "")
    if first.startswith(b"orqo-vault-slot/") and (first != _MAGIC.encode() or kind not in _SHAPES):
        return None  # a newer version's: it may well open the store for somebody else
    line, sealed = parse(data, shown)
    values = fields(line, _MAGIC, _SHAPES.get(kind, ()))
    if values is None or values["id"] != slot_id or len(sealed) != KEY_LENGTH + OVERHEAD:
        raise CorruptSecretError(f"{shown} was changed or cut")
    if values["store"] != store_id:
        raise TamperedError(f"{shown} belongs to another store")
    derivation = _derivation(values, shown) if kind == PASSPHRASE else None
    fingerprint = values.get("key")
    if not is_hex(values["mk"], 16) or not is_label(values["label"]):
        raise CorruptSecretError(f"{shown} was changed")
    return Slot(slot_id, kind, values["mk"], values["label"], fingerprint, derivation, line, sealed)


def _derivation(values: dict[str, str], shown: str) -> Derivation:
    memory = number(values["memory"], least=passphrases.LEAST_MEMORY, most=passphrases.MOST_MEMORY)
    passes = number(values["passes"], least=1, most=passphrases.MOST_PASSES)
    lanes = number(values["lanes"], least=1, most=passphrases.MOST_LANES)
    if memory is None or passes is None or lanes is None or not is_hex(values["salt"], 2 * passphrases.SALT_LENGTH):
        raise CorruptSecretError(f"{shown} asks for a passphrase key outside of the allowed cost")
    return Derivation(bytes.fromhex(values["salt"]), memory, passes, lanes)
