"""A slot removal that was interrupted leaves two slots of everybody who stays; the next command is not confused."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.store import Store
from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import BackendError, StoreLockedError

from .machines import Machine, soon


class PowerCut(BaseException):
    """Ends what is being done."""


@pytest.fixture
def ben() -> Key:
    return keys.new_key()


@pytest.fixture(params=["add_epoch", "consolidate"])
def interrupted(machine: Machine, ben: Key, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A store from which ``leaver`` was being removed, just before that step."""
    machine.write("mail", token="x")
    for label, key in (("ben", ben), ("leaver", keys.new_key())):
        slot_changes.add_slot(machine.store, Opener(slots.KEY_FILE, key, label), soon())

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(rotation, request.param, cut)
        with pytest.raises(PowerCut):
            slot_changes.remove_slot(holding(machine, ben), "leaver", soon())
    assert [slot.label for slot in slot_changes.list_slots(machine.store)[0]].count("ben") == 2
    return machine


def holding(machine: Machine, key: Key) -> Store:
    store = machine.store
    store.openers.give_key(key)
    return store


def test_who_stayed_can_be_removed_by_label(
    interrupted: Machine, ben: Key, new_machine: Callable[..., Machine]
) -> None:
    slot_changes.remove_slot(interrupted.store, "ben", soon(), drop=ids(interrupted, "leaver"))

    with pytest.raises(StoreLockedError):
        new_machine(environ={"ORQO_VAULT_KEY": ben.compose()}).read("mail")
    assert [slot.label for slot in slot_changes.list_slots(interrupted.store)[0]] == ["ana"]
    assert interrupted.read("mail") == {"token": "x"}


def test_the_slot_of_one_who_stayed_that_opens_nothing_new_cannot_be_named(interrupted: Machine) -> None:
    offered = {slot.id for slot in slot_changes.removable_slots(interrupted.store)}
    for spare in ids(interrupted, "ben") - offered:
        with pytest.raises(BackendError, match="names no slot"):
            slot_changes.remove_slot(interrupted.store, spare, soon())


def test_the_removal_ends_when_it_is_run_again(interrupted: Machine, ben: Key) -> None:
    slot_changes.remove_slot(holding(interrupted, ben), "leaver", soon())

    labels = [slot.label for slot in slot_changes.list_slots(interrupted.store)[0]]
    assert sorted(labels) == ["ana", "ben"]


def ids(machine: Machine, label: str) -> set[str]:
    return {slot.id for slot in slot_changes.list_slots(machine.store)[0] if slot.label == label}


def test_what_a_dead_writer_left_beside_slots_and_epochs_does_not_pile_up(machine: Machine) -> None:
    machine.write("mail", token="x")
    for folder in ("slots", "epochs"):
        (machine.folder / folder / f".tmp-{os.urandom(8).hex()}").write_text("half")

    rotation.rotate(machine.store, soon())
    slot_changes.add_slot(machine.store, Opener(slots.KEY_FILE, keys.new_key(), "ben"), soon())

    assert list(machine.folder.rglob(".tmp-*")) == []


def test_a_key_file_that_vanishes_for_a_moment_does_not_undo_the_removal(
    machine: Machine, ben: Key, new_machine: Callable[..., Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new epoch must not count as one that does not open here: the old one would be the newest again."""
    machine.write("mail", token="x")
    slot_changes.add_slot(machine.store, Opener(slots.KEY_FILE, ben, "ben"), soon())
    add_epoch = rotation.add_epoch

    def without_key_file(*arguments: object, **more: object) -> object:
        key_file = machine.key_file()
        content = key_file.read_bytes()
        key_file.unlink()
        try:
            return add_epoch(*arguments, **more)  # type: ignore[arg-type]  # handed through as it came
        finally:
            key_file.write_bytes(content)
            key_file.chmod(0o600)

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "add_epoch", without_key_file)
        slot_changes.remove_slot(machine.store, "ben", soon())

    with pytest.raises(StoreLockedError):
        new_machine(environ={"ORQO_VAULT_KEY": ben.compose()}).read("mail")
    assert machine.read("mail") == {"token": "x"}
