"""Who may open the store: adding a slot, and removing one in a way that locks its key out of everything to come."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import AccessDeniedError, BackendError, ConflictError
from orqo_vault_file.format.sealing import KEY_LENGTH
from orqo_vault_file.keys import opening, slots
from orqo_vault_file.keys.slots import Opener, Slot
from orqo_vault_file.store import prepare_to_seal
from orqo_vault_file.upkeep import rotation
from orqo_vault_file.upkeep.rotation import Progress
from orqo_vault_file.writing import only_writer

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.store import Store, Visit


class Removal(NamedTuple):
    """What removing a slot will do, to be shown and confirmed before it is done."""

    removed: Slot
    kept: tuple[Slot, ...]
    """Slots whose key or passphrase is at hand: they get the new master key."""
    dropped: tuple[Slot, ...]
    """Slots whose key is not at hand, or that are to go too: they stop opening the store."""
    unknown: tuple[str, ...]
    """Ids of slots that only a newer version understands: they are dropped too."""


def list_slots(store: Store) -> tuple[list[Slot], list[str]]:
    """Return the slots of the store and the ids of those only a newer version understands. Needs no key."""
    with store.folder() as found:
        return slots.read_all(*found) if found else ([], [])


def add_slot(store: Store, opener: Opener, deadline: Deadline) -> Slot:
    """Let ``opener`` open the store."""
    if not slots.is_label(opener.label):
        raise BackendError(f"{opener.label!r} cannot label a slot: letters, digits and . _ @ + - only, at most 64")
    with only_writer(store, deadline) as visit:
        active = prepare_to_seal(store, visit)
        known, unknown = slots.read_all(visit.root, visit.store_id)
        usable = [slot for slot in known if slot.master == active.master]
        if opener.derivation is None and any(slot.fingerprint == opener.key.fingerprint for slot in usable):
            raise ConflictError("that key opens the store already")
        passphrases = sum(slot.derivation is not None for slot in usable) + (opener.derivation is not None)
        if len(usable) + len(unknown) >= slots.MOST_SLOTS or passphrases > slots.MOST_PASSPHRASES:
            raise BackendError(
                f"a store has at most {slots.MOST_SLOTS} slots, {slots.MOST_PASSPHRASES} of them for passphrases"
            )
        slot_id = _put(visit, opener, visit.keyring.master(visit.root, active.master))
        known, _ = slots.read_all(visit.root, visit.store_id)
        return next(slot for slot in known if slot.id == slot_id)


def find_slot(known: Sequence[Slot], name: str) -> Slot:
    """Return the one slot with that label or start of an id, or raise."""
    labelled = [slot for slot in known if slot.label == name != ""]
    matching = labelled or [slot for slot in known if name and slot.id.startswith(name)]
    if len(matching) != 1:
        shown = ", ".join(f"{slot} ({slot.id})" for slot in matching or known)
        raise BackendError(f"{name!r} names {'more than one' if matching else 'no'} slot", hint=f"slots: {shown}")
    return matching[0]


def removable_slots(store: Store) -> list[Slot]:
    """Return the slots that a removal may name."""
    with store.visit() as visit:
        return _removable(slots.read_all(visit.root, visit.store_id)[0], visit) if visit else []


def plan_removal(store: Store, name: str, deadline: Deadline, *, drop: Collection[str] = ()) -> Removal:
    """Return what :func:`remove_slot` would do to the slot with that label or start of an id."""
    with only_writer(store, deadline) as visit:
        prepare_to_seal(store, visit)
        return _plan(store, visit, name, drop)


def remove_slot(
    store: Store, name: str, deadline: Deadline, *, drop: Collection[str] = (), progress: Progress = rotation.silent
) -> int:
    """Remove a slot: a new master key, a new epoch, everything re-sealed now; return how many secrets were.

    Slots in ``drop``, by id, are removed with it; those whose keys are not at hand must be, or nothing is done.
    Stopped half-way, it goes on when it is run again, or with ``rotate_now``. What the removed key could read
    before, it has read: the secrets themselves must be changed where they came from.
    """
    with only_writer(store, deadline) as visit:
        active = prepare_to_seal(store, visit)
        plan = _plan(store, visit, name, drop)
        if plan.removed.master == active.master:  # otherwise an earlier removal was interrupted: only finish it
            _refuse_unconfirmed(plan, drop)
            master = os.urandom(KEY_LENGTH)
            for slot in plan.kept:
                key = opening.key_for(slot, visit.store_id, store.openers)
                if key is None:
                    raise AccessDeniedError(f"the key of {slot} is not at hand any more; nothing was removed")
                _put(visit, Opener(slot.kind, key, slot.label, slot.derivation), master)
            rotation.add_epoch(store, visit, master, deadline, reseal=True)
        rotation.consolidate(visit)
        rotation.remove_slots(visit, plan.unknown)
    return rotation.reseal_all(store, deadline, progress)


def _plan(store: Store, visit: Visit, name: str, drop: Collection[str]) -> Removal:
    known, unknown = slots.read_all(visit.root, visit.store_id)
    removed = find_slot(_removable(known, visit), name)
    others = [slot for slot in known if slot.master == visit.keyring.active.master and slot.id != removed.id]
    kept = [slot for slot in others if slot.id not in drop and opening.key_for(slot, visit.store_id, store.openers)]
    return Removal(removed, tuple(kept), tuple(slot for slot in others if slot not in kept), tuple(unknown))


def _removable(known: Sequence[Slot], visit: Visit) -> list[Slot]:
    """Return the slots that open what is sealed now, and those of openers that have none of these.

    A removal that was interrupted leaves two slots of an opener that stays: naming the wrong one would remove nobody.
    """
    newest = visit.keyring.active.master
    current = [slot for slot in known if slot.master == newest]
    openers = {(slot.fingerprint, slot.derivation) for slot in current}
    left = [slot for slot in known if (slot.fingerprint, slot.derivation) not in openers]
    return current + left


def _refuse_unconfirmed(plan: Removal, drop: Collection[str]) -> None:
    if not plan.kept:
        raise BackendError(
            f"removing {plan.removed} would leave nobody here who can open the store",
            hint="present the key of another slot, or add a slot first",
        )
    lost = [slot_id for slot_id in (*(slot.id for slot in plan.dropped), *plan.unknown) if slot_id not in drop]
    if lost:
        raise BackendError(
            f"removing {plan.removed} would also drop slots whose keys are not here: {', '.join(lost)}",
            hint="present their keys (--key-file, --passphrase-file), or let them go too (--drop-others)",
        )


def _put(visit: Visit, opener: Opener, master: bytes) -> str:
    slot_id, data = slots.compose(opener, visit.store_id, master)
    with visit.root.make_sub(slots.FOLDER) as folder:
        folder.sweep()
        folder.replace(slot_id, data)
    return slot_id
