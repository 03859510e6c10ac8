"""Marks that travel: a new machine that imports them refuses what it would otherwise have trusted."""

from __future__ import annotations

import json

import pytest
from orqo_vault_file.history import mark_transfer
from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import BackendError, RolledBackError

from .machines import Machine, soon


@pytest.fixture
def exported(machine: Machine) -> str:
    machine.write("mail", token="old")
    machine.write("mail", token="new")
    machine.write("gone")
    machine.delete("gone")
    return mark_transfer.export_marks(machine.store)


def test_a_new_machine_with_imported_marks_refuses_what_is_older(
    machine: Machine, colleague: Machine, exported: str
) -> None:
    machine.write("mail", token="newer")
    later = mark_transfer.export_marks(machine.store)
    machine.file("mail").unlink()

    assert mark_transfer.import_marks(colleague.store, later, soon()) == 3

    with pytest.raises(RolledBackError, match="seen generation 3"):
        colleague.read("mail")
    assert colleague.said == []


def test_marks_carry_the_height_that_is_required(machine: Machine, colleague: Machine, exported: str) -> None:
    old = machine.file("mail").read_bytes()
    rotation.rotate_now(machine.store, soon())
    mark_transfer.import_marks(colleague.store, mark_transfer.export_marks(machine.store), soon())
    machine.file("mail").write_bytes(old)

    with pytest.raises(RolledBackError):
        colleague.read("mail")


def test_importing_never_lowers_a_mark(machine: Machine, exported: str) -> None:
    old = machine.file("mail").read_bytes()
    machine.write("mail", token="newer")
    mark_transfer.import_marks(machine.store, exported, soon())
    machine.file("mail").write_bytes(old)

    with pytest.raises(RolledBackError, match="seen generation 3"):
        machine.read("mail")


def test_marks_name_no_place_and_no_value(machine: Machine, exported: str) -> None:
    assert str(machine.home) not in exported
    assert str(machine.project) not in exported
    assert {one["path"] for one in json.loads(exported)["paths"]} == {"mail", "gone"}


@pytest.mark.parametrize(
    "change",
    [
        lambda values: [],
        lambda values: {**values, "store": "0" * 32},
        lambda values: {**values, "format": "orqo-vault-marks/2"},
        lambda values: {**values, "height": "high"},
        lambda values: {**values, "paths": [{"path": "mail"}]},
        lambda values: {**values, "paths": ["mail"]},
        lambda values: {**values, "more": 1},
    ],
)
def test_other_texts_are_refused(machine: Machine, exported: str, change: object) -> None:
    assert callable(change)

    with pytest.raises(BackendError):
        mark_transfer.import_marks(machine.store, json.dumps(change(json.loads(exported))), soon())


def test_no_store_has_no_marks(machine: Machine) -> None:
    with pytest.raises(BackendError, match="no marks"):
        mark_transfer.export_marks(machine.store)
