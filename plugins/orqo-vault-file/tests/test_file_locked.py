"""A store that does not open says which slots it has, where was looked, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.first_opener import by_passphrase
from orqo_vault_file.keys.slots import Opener

from orqo_vault.errors import BackendError, StoreLockedError
from orqo_vault.secret import SecretValue

from .machines import Machine, at, soon


def locked(machine: Machine, path: str = "mail") -> StoreLockedError:
    with pytest.raises(StoreLockedError) as caught:
        machine.read(path)
    return caught.value


@pytest.mark.usefixtures("cheap_passphrases")
def test_without_any_key_the_error_names_slots_and_places(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.write("mail")
    ops = slot_changes.add_slot(machine.store, by_passphrase(SecretValue("a long enough phrase"), "ops"), soon())
    mine = next(slot for slot in slot_changes.list_slots(machine.store)[0] if slot.id != ops.id)
    store_id = machine.key_file().stem
    other = new_machine()

    error = locked(other)

    in_order = sorted((mine, ops), key=lambda slot: slot.id)
    assert str(error) == (
        f"store {store_id[:8]}… is locked: none of its 2 slots ({in_order[0]}, {in_order[1]}) opens here; "
        f"looked at ORQO_VAULT_KEY (not set), {other.home}/config/keys/{store_id}.key (no such file)"
    )
    assert {str(mine), str(ops)} == {f"key file {mine.id[:4]} 'ana'", f"passphrase {ops.id[:4]} 'ops'"}
    assert error.hint is not None
    assert error.hint.startswith("put the store's key file there, or set ORQO_VAULT_KEY")
    assert error.exit_code == 5


def test_a_key_of_another_store_is_told_apart(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail")
    stranger = new_machine(environ={"ORQO_VAULT_KEY": keys.new_key().compose()})

    error = locked(stranger)

    assert "ORQO_VAULT_KEY (holds a key that opens no slot here)" in str(error)
    assert error.hint is not None
    assert error.hint.startswith("what was found belongs to another store: ask somebody")


def test_a_mistyped_key_is_told_apart_and_not_quoted(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail")
    text = keys.new_key().compose()[:-1] + "-"

    error = locked(new_machine(environ={"ORQO_VAULT_KEY": text}))

    assert "ORQO_VAULT_KEY (was mistyped or cut" in str(error)
    assert error.hint == "copy the whole key line again"
    assert text[20:40] not in repr((error.message, error.hint))


def test_a_good_key_behind_a_bad_one_opens(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.environ |= {"ORQO_VAULT_KEY": "nonsense", "ORQO_VAULT_KEY_FILE": "/does/not/exist"}

    assert machine.read("mail") == {"token": "x"}


def test_locked_is_never_absent(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    """Even of a path that holds nothing: without the key nobody can say so."""
    machine.write("mail")
    other = new_machine()

    locked(other, "nothing-there")
    with pytest.raises(StoreLockedError):
        other.write("mail", token="y")
    with pytest.raises(StoreLockedError):
        other.delete("mail")
    health = other.backend().check([at("mail")], deadline=soon())
    assert not health.usable
    assert "is locked" in health.problems[0]


def test_a_locked_store_still_lists_its_names(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("team/mail")
    machine.write("crm")

    assert new_machine().paths() == ["crm", "team/mail"]


def test_a_locked_store_gets_neither_keys_nor_slots(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail")
    other = new_machine()
    before = sorted(path.name for path in machine.folder.rglob("*"))

    with pytest.raises(StoreLockedError):
        other.write("crm", token="y")

    assert sorted(path.name for path in machine.folder.rglob("*")) == before
    assert not (other.home / "config").exists()
    assert other.said == []


def test_nobody_is_asked_for_a_passphrase_that_no_slot_takes(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.write("mail")
    other = new_machine(passphrase="a long enough phrase")

    locked(other)

    assert other.asked == []


def test_a_key_file_that_cannot_be_read_for_another_reason_is_no_locked_store(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.write("mail")
    other = new_machine(environ={"ORQO_VAULT_KEY_FILE": "x" * 5000})

    with pytest.raises(BackendError) as caught:
        other.read("mail")

    assert not isinstance(caught.value, StoreLockedError)


def test_an_opened_slot_is_enough(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail", token="x")
    mine = keys.new_key()
    for number in range(3):
        slot_changes.add_slot(machine.store, Opener(slots.KEY_FILE, keys.new_key(), f"other-{number}"), soon())
    slot_changes.add_slot(machine.store, Opener(slots.KEY_FILE, mine, "mine"), soon())

    assert new_machine(environ={"ORQO_VAULT_KEY": mine.compose()}).read("mail") == {"token": "x"}
