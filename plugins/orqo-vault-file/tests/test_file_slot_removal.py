"""Removing a slot: its key opens nothing that is written from then on, and nobody else is locked out unasked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.first_opener import by_passphrase
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import BackendError, StoreLockedError
from orqo_vault.secret import SecretValue

from .machines import Machine, soon


@pytest.fixture
def leaver() -> Key:
    return keys.new_key()


@pytest.fixture
def team(machine: Machine, leaver: Key) -> Machine:
    """The first machine's store, with a second slot whose key leaves."""
    machine.write("mail", token="x")
    machine.write("crm", token="y")
    rotation.rotate(machine.store, soon())
    machine.write("crm", token="z")
    slot_changes.add_slot(machine.store, Opener(slots.KEY_FILE, leaver, "leaver"), soon())
    return machine


def labels(machine: Machine) -> set[str]:
    return {slot.label for slot in slot_changes.list_slots(machine.store)[0]}


def test_the_removed_key_opens_nothing_any_more(
    team: Machine, leaver: Key, new_machine: Callable[..., Machine]
) -> None:
    gone = new_machine(environ={"ORQO_VAULT_KEY": leaver.compose()})
    assert gone.read("mail") == {"token": "x"}

    assert slot_changes.remove_slot(team.store, "leaver", soon()) == 2

    with pytest.raises(StoreLockedError):
        gone.read("mail")
    assert labels(team) == {"ana"}
    assert (team.read("mail"), team.read("crm")) == ({"token": "x"}, {"token": "z"})
    assert team.write("mail", token="new").startswith("3:")


def test_the_old_master_key_in_old_slots_opens_nothing_new(
    team: Machine, leaver: Key, new_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    """The one who left kept a copy of the slots and can write to the repository."""
    kept = {path.name: path.read_bytes() for path in (team.folder / "slots").iterdir()}
    slot_changes.remove_slot(team.store, "leaver", soon())
    for name, data in kept.items():
        (team.folder / "slots" / name).write_bytes(data)

    with pytest.raises(StoreLockedError):
        new_machine(environ={"ORQO_VAULT_KEY": leaver.compose()}).read("mail")
    assert team.read("mail") == {"token": "x"}


def test_the_whole_store_from_before_is_refused(team: Machine, tmp_path: Path) -> None:
    shutil.copytree(team.folder, tmp_path / "before")
    slot_changes.remove_slot(team.store, "leaver", soon())
    shutil.rmtree(team.folder)
    shutil.copytree(tmp_path / "before", team.folder)

    with pytest.raises(BackendError, match="has seen"):
        team.read("mail")
    with pytest.raises(BackendError, match="has seen"):
        team.write("mail")


def test_what_will_happen_can_be_seen_before(team: Machine) -> None:
    absent = slot_changes.add_slot(team.store, Opener(slots.ENVIRONMENT, keys.new_key(), "ci"), soon())

    plan = slot_changes.plan_removal(team.store, "leaver", soon())

    assert plan.removed.label == "leaver"
    assert [slot.label for slot in plan.kept] == ["ana"]
    assert [slot.id for slot in plan.dropped] == [absent.id]


def test_nobody_is_dropped_unconfirmed(team: Machine) -> None:
    absent = slot_changes.add_slot(team.store, Opener(slots.ENVIRONMENT, keys.new_key(), "ci"), soon())
    before = {path: path.read_bytes() for path in team.folder.rglob("*") if path.is_file()}

    with pytest.raises(BackendError, match=f"would also drop slots whose keys are not here: {absent.id}"):
        slot_changes.remove_slot(team.store, "leaver", soon())

    assert {path: path.read_bytes() for path in team.folder.rglob("*") if path.is_file()} == before
    slot_changes.remove_slot(team.store, "leaver", soon(), drop=[absent.id])
    assert labels(team) == {"ana"}


def test_a_slot_of_a_newer_version_is_dropped_only_when_confirmed(team: Machine) -> None:
    unknown = team.folder / "slots" / "00000000000000aa"
    unknown.write_bytes(b"orqo-vault-slot/2 whatever\n")

    with pytest.raises(BackendError, match=unknown.name):
        slot_changes.remove_slot(team.store, "leaver", soon())
    assert unknown.exists()

    slot_changes.remove_slot(team.store, "leaver", soon(), drop=[unknown.name])
    assert not unknown.exists()


@pytest.mark.usefixtures("cheap_passphrases")
def test_keys_and_passphrases_that_are_presented_are_kept(team: Machine, new_machine: Callable[..., Machine]) -> None:
    phrase, ci = "a long enough phrase", keys.new_key()
    slot_changes.add_slot(team.store, by_passphrase(SecretValue(phrase), "ops"), soon())
    slot_changes.add_slot(team.store, Opener(slots.ENVIRONMENT, ci, "ci"), soon())
    store = team.store
    store.openers.give_key(ci)
    store.openers.give_passphrase(SecretValue(phrase))

    slot_changes.remove_slot(store, "leaver", soon())

    assert labels(team) == {"ana", "ops", "ci"}
    assert new_machine(environ={"ORQO_VAULT_KEY": ci.compose()}).read("mail") == {"token": "x"}
    assert new_machine(passphrase=phrase).read("crm") == {"token": "z"}


def test_the_last_key_that_is_at_hand_cannot_be_removed(team: Machine) -> None:
    with pytest.raises(BackendError, match="nobody here who can open the store"):
        slot_changes.remove_slot(
            team.store, "ana", soon(), drop=[slot.id for slot in slot_changes.list_slots(team.store)[0]]
        )


@pytest.mark.parametrize("name", ["", "nobody", "zz"])
def test_a_name_that_fits_no_slot_is_an_error_that_lists_them(team: Machine, name: str) -> None:
    with pytest.raises(BackendError, match="names no slot") as caught:
        slot_changes.plan_removal(team.store, name, soon())

    assert caught.value.hint is not None
    assert "leaver" in caught.value.hint


def test_the_start_of_an_id_names_a_slot(team: Machine) -> None:
    slot = next(slot for slot in slot_changes.list_slots(team.store)[0] if slot.label == "leaver")

    assert slot_changes.plan_removal(team.store, slot.id[:8], soon()).removed == slot


def test_a_running_process_follows_a_removal(team: Machine) -> None:
    backend = team.backend()
    reference = backend.Reference(path="mail")
    backend.read(reference, deadline=soon())

    slot_changes.remove_slot(team.store, "leaver", soon())

    assert backend.read(reference, deadline=soon()) is not None
    team.write("mail", token="new")
    stored = backend.read(reference, deadline=soon())
    assert stored is not None
    assert stored.secret["token"].reveal() == "new"


class Stop(BaseException):
    """A process that died."""


@pytest.mark.parametrize("step", range(14))
def test_a_removal_that_dies_anywhere_leaves_everything_readable_and_can_be_run_again(
    team: Machine, leaver: Key, new_machine: Callable[..., Machine], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    from orqo_vault_file.disk.files import Folder

    left = [step]
    replace, remove = Folder.replace, Folder.remove

    def dying_replace(self: Folder, name: str, data: bytes, *, durable: bool = True) -> None:
        if durable and "marks" not in self.shown:
            left[0] -= 1
            if left[0] < 0:
                raise Stop
        replace(self, name, data, durable=durable)

    def dying_remove(self: Folder, name: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stop
        remove(self, name)

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "replace", dying_replace)
        patched.setattr(Folder, "remove", dying_remove)
        try:
            slot_changes.remove_slot(team.store, "leaver", soon())
        except Stop:
            died = True
        else:
            died = False

    assert (team.read("mail"), team.read("crm")) == ({"token": "x"}, {"token": "z"})
    if "leaver" in labels(team):
        slot_changes.remove_slot(team.store, "leaver", soon())
    else:
        rotation.rotate_now(team.store, soon())
    assert (team.read("mail"), team.read("crm")) == ({"token": "x"}, {"token": "z"})
    assert labels(team) == {"ana"}
    with pytest.raises(StoreLockedError):
        new_machine(environ={"ORQO_VAULT_KEY": leaver.compose()}).read("mail")
    assert died or step > 8
