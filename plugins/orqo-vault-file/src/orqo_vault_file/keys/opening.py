"""Which slot opens here. When none does, the error says what there is, where was looked, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.errors import CorruptSecretError, StoreLockedError, TamperedError
from orqo_vault_file.format.header import short
from orqo_vault_file.keys import slots
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.key_files import Refusal
from orqo_vault_file.keys.slots import Slot

if TYPE_CHECKING:
    from orqo_vault_file.disk.files import Folder
    from orqo_vault_file.keys.openers import Openers

_OTHER = Refusal("holds a key that opens no slot here")
_STALE = Refusal(
    "holds a key whose slot has another master key",
    "its slot was made on one branch while a slot was removed on another: ask somebody who can open the store to add "
    "it again (slot add --existing)",
)


def master_key(root: Folder, store_id: str, master: str, openers: Openers) -> bytes:
    """Return the master key of that id.

    Raises :class:`StoreLockedError` when nothing on this machine opens a slot that holds it.
    """
    known, unknown = slots.read_all(root, store_id)
    candidates = [slot for slot in known if slot.master == master]
    if not known and not unknown:
        raise CorruptSecretError(
            f"{root.shown} holds no key slot", hint="restore its folder 'slots' from git or a backup"
        )
    if not candidates and not unknown:
        raise CorruptSecretError(
            f"store {short(store_id)}: no slot holds the master key {master}",
            hint="it comes from a branch on which a removed slot was still there: orqo-vault store prune drops it, and "
            "what was sealed under it has to be stored again",
        )
    looked: list[tuple[str, Refusal]] = []
    elsewhere = {slot.fingerprint for slot in known if slot.master != master}
    opened = _by_key(candidates, elsewhere, store_id, openers, looked) or _by_passphrase(
        candidates, store_id, openers, looked
    )
    if opened is None:
        raise _locked(store_id, known, unknown, looked)
    return opened


def key_for(slot: Slot, store_id: str, openers: Openers) -> Key | None:
    """Return the key or derived key that opens this slot, None when it is not at hand."""
    if slot.derivation is None:
        present = [key for _, key in openers.keys(store_id) if isinstance(key, Key)]
    else:
        known = [text for _, text in openers.passphrases(_prompt(store_id)) if not isinstance(text, Refusal)]
        present = [openers.derive(slot.derivation, text) for text in known]
    return next((key for key in present if slot.open(store_id, key) is not None), None)


def _by_key(
    candidates: list[Slot],
    elsewhere: set[str | None],
    store_id: str,
    openers: Openers,
    looked: list[tuple[str, Refusal]],
) -> bytes | None:
    for place, key in openers.keys(store_id):
        if isinstance(key, Refusal):
            looked.append((place, key))
            continue
        slot = next((slot for slot in candidates if slot.fingerprint == key.fingerprint), None)
        if slot is None:
            looked.append((place, _STALE if key.fingerprint in elsewhere else _OTHER))
            continue
        opened = slot.open(store_id, key)
        if opened is None:
            raise TamperedError(f"slot {slot.id} was changed: its seal does not open with the key it names")
        return opened
    return None


def _by_passphrase(
    candidates: list[Slot], store_id: str, openers: Openers, looked: list[tuple[str, Refusal]]
) -> bytes | None:
    from orqo_vault_file.keys.passphrases import BUDGET

    asking = [(slot, slot.derivation) for slot in candidates if slot.derivation is not None]
    if not asking:
        return None
    if len(asking) > slots.MOST_PASSPHRASES:
        raise TamperedError(f"store {short(store_id)} holds more than {slots.MOST_PASSPHRASES} passphrase slots")
    left = BUDGET
    for place, passphrase in openers.passphrases(_prompt(store_id)):
        if isinstance(passphrase, Refusal):
            looked.append((place, passphrase))
            continue
        for slot, derivation in asking:
            left -= derivation.cost
            if left < 0:
                raise TamperedError(f"store {short(store_id)}: its passphrase slots ask for too much work")
            opened = slot.open(store_id, openers.derive(derivation, passphrase))
            if opened is not None:
                return opened
        looked.append((place, Refusal("holds another passphrase")))
    return None


def _prompt(store_id: str) -> str:
    return f"passphrase of store {short(store_id)}"


def _locked(
    store_id: str, known: list[Slot], unknown: list[str], looked: list[tuple[str, Refusal]]
) -> StoreLockedError:
    named = [str(slot) for slot in known] + [f"unknown {slot_id[:4]}" for slot_id in unknown]
    slots_here = "its only slot" if len(named) == 1 else f"none of its {len(named)} slots"
    verb = "does not open" if len(named) == 1 else "opens"
    places = ", ".join(f"{place} ({refusal.reason})" for place, refusal in looked)
    return StoreLockedError(
        f"store {short(store_id)} is locked: {slots_here} ({', '.join(named)}) {verb} here; looked at {places}",
        hint=_hint([refusal for _, refusal in looked]),
    )


def _hint(refusals: list[Refusal]) -> str:
    fixable = [refusal.hint for refusal in refusals if refusal.hint]
    if fixable:
        return "; ".join(fixable)
    if any(not refusal.absent for refusal in refusals):
        return "what was found belongs to another store: ask somebody who can open this one to add a slot for you"
    return (
        "put the store's key file there, or set ORQO_VAULT_KEY or ORQO_VAULT_KEY_FILE, "
        "or ask somebody who can open it to add a slot for you"
    )
