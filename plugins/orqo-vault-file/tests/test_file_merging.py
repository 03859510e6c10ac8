"""One credential edited on two branches: both sides verified, the chosen one sealed above both."""

from __future__ import annotations

import pytest
from orqo_vault_file.merging import merge as merging

from orqo_vault.errors import ConflictError, CorruptSecretError

from .machines import Machine, soon


@pytest.fixture
def sides(machine: Machine, colleague: Machine) -> list[bytes]:
    """What ana and ben wrote, starting from the same file."""
    machine.write("mail", token="base")
    base = machine.file("mail").read_bytes()
    colleague.read("mail")
    colleague.write("mail", token="ben")
    colleague.write("mail", token="ben again")
    theirs = machine.file("mail").read_bytes()
    machine.file("mail").write_bytes(base)
    machine.write("mail", token="ana")
    return [machine.file("mail").read_bytes(), theirs]


@pytest.mark.parametrize(("winner", "value"), [(0, "ana"), (1, "ben again")])
def test_the_winner_passes_on_both_machines(
    machine: Machine, colleague: Machine, sides: list[bytes], winner: int, value: str
) -> None:
    merged = merging.merge(machine.store, "mail", sides, winner, soon())

    assert merged.line.generation == 4
    assert machine.read("mail") == {"token": value}
    assert colleague.read("mail") == {"token": value}


def test_both_sides_can_be_looked_at_first(machine: Machine, sides: list[bytes]) -> None:
    before = machine.file("mail").read_bytes()

    found = merging.inspect(machine.store, "mail", sides, soon())

    assert [one.line.generation for one in found] == [2, 3]
    assert [one.secret.reveal() for one in found if one.secret] == [{"token": "ana"}, {"token": "ben again"}]
    assert machine.file("mail").read_bytes() == before


def test_a_deletion_can_win(machine: Machine, colleague: Machine, sides: list[bytes]) -> None:
    machine.delete("mail")
    deleted = machine.file("mail").read_bytes()

    merging.merge(machine.store, "mail", [deleted, sides[1]], 0, soon())

    assert machine.read("mail") is None
    assert colleague.read("mail") is None


@pytest.mark.parametrize("changed", [0, 1])
def test_no_side_is_trusted_unopened(machine: Machine, sides: list[bytes], changed: int) -> None:
    before = machine.file("mail").read_bytes()
    sides[changed] = sides[changed].replace(b"generation=", b"generation=9", 1)

    with pytest.raises(CorruptSecretError):
        merging.merge(machine.store, "mail", sides, 1 - changed, soon())

    assert machine.file("mail").read_bytes() == before


def test_a_side_of_another_path_is_refused(machine: Machine, sides: list[bytes]) -> None:
    machine.write("crm", token="x")

    with pytest.raises(CorruptSecretError):
        merging.merge(machine.store, "mail", [sides[0], machine.file("crm").read_bytes()], 0, soon())


def test_without_a_merge_the_other_machine_sees_the_fork(
    machine: Machine, colleague: Machine, sides: list[bytes]
) -> None:
    machine.write("mail", token="ana again")

    with pytest.raises(ConflictError):
        colleague.read("mail")
