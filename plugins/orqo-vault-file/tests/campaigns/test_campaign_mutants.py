"""A damaged store: never a wrong value, never an accident, and noticed wherever that was promised.

Two machines look at every mutant: one that has seen the whole store, and one that has only a key.
"""

from __future__ import annotations

import contextlib
import os
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from orqo_vault_file import reading
from orqo_vault_file.disk import patience
from orqo_vault_file.format import names
from orqo_vault_file.history import acceptance
from orqo_vault_file.keys import slot_changes
from orqo_vault_file.upkeep import pruning, rotation, verification

from orqo_vault.errors import OrqoVaultError

from ..machines import Machine, soon
from .museum import PATHS, Museum
from .mutations import Mutant, mutate


@pytest.fixture
def museum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Museum:
    """The store; readers do not pause before they look again, because nobody is about to finish anything."""
    monkeypatch.setattr(patience, "PAUSE", 0)
    return Museum(tmp_path)


class Looked:
    """What one machine made of the store."""

    def __init__(self, machine: Machine) -> None:
        self.values: dict[str, dict[str, str] | None] = {}
        """What was read without complaint."""
        self.refused: dict[str, OrqoVaultError] = {}
        self.verified: list[OrqoVaultError] = []
        try:
            found, self.refused = reading.read_many(machine.store, PATHS, soon())
        except OrqoVaultError as error:
            self.refused = dict.fromkeys(PATHS, error)
        else:
            secrets = {path: one.secret.reveal() for path, one in found.items() if one.secret}
            self.values = {path: secrets.get(path) for path in PATHS if path not in self.refused}
        for look in (
            lambda: self.verified.extend(verification.verify(machine.store, soon()).problems),
            lambda: machine.paths(),
            lambda: slot_changes.list_slots(machine.store),
        ):
            try:
                look()
            except OrqoVaultError as error:
                self.verified.append(error)


def unnoticed(names_of_changed: Iterable[str], looked: Looked, museum: Museum, own_slot: str) -> list[str]:
    """Return what a machine should have noticed and did not."""
    missed = []
    for name in names_of_changed:
        folder, _, file = name.partition("/")
        there = os.path.lexists(museum.folder / name)
        path = names.path_of(file) if folder == "c" else None
        if path in PATHS and path not in looked.refused and (there or museum.values[path][-1] is not None):
            missed.append(f"{path} was read as if nothing had happened")
        opens_everything = name in ("header", own_slot)
        opens_some = folder == "epochs" and (there or name in museum.used)
        if (opens_everything and looked.values) or (opens_some and not looked.refused and not looked.verified):
            missed.append(f"{name} passed")
    return missed


def wrong(mutant: Mutant, museum: Museum) -> list[str]:
    """Return everything that should not be possible with this mutant.

    Who has seen the store notices every change; who has not, everything that was not once written there with a key.
    """
    seen = Looked(museum.ana)
    new = Looked(museum.stranger())
    forged = [name for name in mutant.names if museum.is_forged(name)]
    return [
        *unnoticed(mutant.names, seen, museum, museum.slots["ana"]),
        *(f"new here: {missed}" for missed in unnoticed(forged, new, museum, museum.slots["ben"])),
        *(f"{path}: {value}" for path, value in seen.values.items() if value != museum.values[path][-1]),
        *(f"new here, {path}: {value}" for path, value in new.values.items() if value not in museum.values[path]),
    ]


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
def test_no_damage_gives_a_wrong_value_or_passes_unnoticed(museum: Museum, seed: int, count: int) -> None:
    chance = random.Random(seed)
    found: dict[str, list[str]] = {}
    kinds: Counter[str] = Counter()
    for number in range(count):
        mutant = mutate(museum, chance)
        kinds[mutant.what] += 1
        problems = wrong(mutant, museum)
        if problems:
            found[f"{number}, {mutant}"] = problems
        museum.repair()
    assert found == {}
    assert len(kinds) >= 15
    assert Looked(museum.ana).values == {path: values[-1] for path, values in museum.values.items()}


CHANGES: dict[str, Callable[[Machine], object]] = {
    "rotate": lambda machine: rotation.rotate(machine.store, soon()),
    "rotate now": lambda machine: rotation.rotate_now(machine.store, soon()),
    "accept all": lambda machine: acceptance.accept_all(machine.store, soon()),
    "prune": lambda machine: pruning.prune(machine.store, pruning.unused_epochs(machine.store, soon()), soon()),
    "slot remove": lambda machine: slot_changes.remove_slot(machine.store, "ana", soon()),
    "write": lambda machine: machine.write("b", token="new"),
}


@pytest.mark.parametrize("count", [10, pytest.param(300, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_a_damaged_store_makes_the_damage_pass(museum: Museum, seed: int, change: str, count: int) -> None:
    """Re-sealing everything must not seal what could not be opened; accepting takes older values, never false ones."""
    chance = random.Random(seed)
    found: dict[str, object] = {}
    for number in range(count):
        mutant = mutate(museum, chance)
        with contextlib.suppress(OrqoVaultError):
            CHANGES[change](museum.ana)
        for path, value in Looked(museum.ana).values.items():
            allowed = museum.values[path] if change == "accept all" else museum.values[path][-1:]
            if value not in allowed and (change, path) != ("write", "b"):
                found[f"{number}, {mutant}"] = {path: value}
        museum.repair()
    assert found == {}


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_damaged_marks_cause_no_accident(museum: Museum, seed: int, count: int) -> None:
    chance = random.Random(seed)
    marks = [*museum.ana.mark_files(), *museum.ana.home.rglob("store")]
    for _ in range(count):
        mark = chance.choice(marks)
        data = bytearray(mark.read_bytes())
        start = chance.randrange(len(data))
        data[start : start + chance.choice((0, 1, 1, 8, 500))] = chance.randbytes(chance.choice((0, 1, 1, 8)))
        mark.write_bytes(data)
        values = Looked(museum.ana).values
        assert {path: value for path, value in values.items() if value != museum.values[path][-1]} == {}
        museum.repair()


@pytest.mark.parametrize("name", ["header", "slots", "epochs", "c"])
def test_an_endless_file_is_neither_read_nor_kept_in_memory(museum: Museum, name: str) -> None:
    for file in museum.whole:
        if file.startswith(name):
            os.truncate(museum.folder / file, 1 << 40)
    tracemalloc.start()
    looked = Looked(museum.ana)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {path for path, value in looked.values.items() if value is not None} == set()
    assert most < 16 * 1024 * 1024
