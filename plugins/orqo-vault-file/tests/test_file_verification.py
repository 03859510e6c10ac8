"""Verifying a store: everything is opened, everything wrong is named, nothing is changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.upkeep import rotation, verification

from orqo_vault.errors import BackendError, StoreLockedError

from .machines import Machine, altered, soon


def test_a_sound_store_has_no_problem(machine: Machine) -> None:
    machine.write("mail")
    machine.write("team/crm")
    machine.write("gone")
    machine.delete("gone")
    rotation.rotate(machine.store, soon())
    slot_changes.add_slot(machine.store, Opener(slots.ENVIRONMENT, keys.new_key(), "ci"), soon())

    found = verification.verify(machine.store, soon())

    assert (found.live, found.deleted) == (("mail", "team/crm"), ("gone",))
    assert (found.epochs, found.slots) == (2, 2)
    assert (found.problems, found.strays) == ((), ())


def test_everything_wrong_is_named_at_once(machine: Machine) -> None:
    for path in ("changed", "older", "missing", "swapped", "fine"):
        machine.write(path)
    old = machine.file("older").read_bytes()
    machine.write("older")
    machine.file("older").write_bytes(old)
    altered(machine.file("changed"), "generation=1 ", "generation=2 ")
    machine.file("missing").unlink()
    machine.file("swapped").write_bytes(machine.file("fine").read_bytes())
    (machine.folder / "c" / "README").write_text("a stray")

    found = verification.verify(machine.store, soon())

    said = " ".join(str(problem) for problem in found.problems)
    assert len(found.problems) == 4
    assert all(path in said for path in ("changed", "older", "missing", "swapped"))
    assert found.live == ("fine",)
    assert found.strays == ("README",)


def test_an_epoch_that_does_not_open_is_named(machine: Machine) -> None:
    machine.write("mail")
    first = next((machine.folder / "epochs").iterdir())
    rotation.rotate(machine.store, soon())
    altered(first, "height=1", "height=7")

    found = verification.verify(machine.store, soon())

    assert any(first.name in str(problem) for problem in found.problems)


def test_verifying_changes_neither_files_nor_marks(machine: Machine, colleague: Machine) -> None:
    machine.write("mail")
    colleague.paths()
    before = {path: path.read_bytes() for path in machine.project.rglob("*") if path.is_file()}

    verification.verify(colleague.store, soon())

    assert {path: path.read_bytes() for path in machine.project.rglob("*") if path.is_file()} == before
    assert colleague.mark_files() == []


def test_a_locked_store_cannot_be_verified(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail")

    with pytest.raises(StoreLockedError):
        verification.verify(new_machine().store, soon())


def test_no_store_cannot_be_verified(machine: Machine) -> None:
    with pytest.raises(BackendError, match="holds no store"):
        verification.verify(machine.store, soon())
