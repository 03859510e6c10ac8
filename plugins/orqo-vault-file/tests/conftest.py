"""The machines most tests play on."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from orqo_vault_file.keys import passphrases

from .machines import Machine


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power, so none has to wait for a flush; which flushes there are is tested by watching them."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """New passphrase slots cost the least that is accepted."""
    monkeypatch.setattr(
        passphrases,
        "new_derivation",
        lambda: passphrases.Derivation(os.urandom(16), memory=passphrases.LEAST_MEMORY, passes=1, lanes=1),
    )


@pytest.fixture
def new_machine(tmp_path: Path) -> Callable[..., Machine]:
    """Makes another machine that works in the same project folder."""
    project = tmp_path / "project"
    project.mkdir()
    numbers = count()

    def make(**more: object) -> Machine:
        return Machine(project, tmp_path / f"machine-{next(numbers)}", **more)  # type: ignore[arg-type]  # as given

    return make


@pytest.fixture
def machine(new_machine: Callable[..., Machine]) -> Machine:
    """The first machine; its user is ana."""
    return new_machine(environ={"USER": "ana"})


@pytest.fixture
def colleague(machine: Machine, new_machine: Callable[..., Machine]) -> Machine:
    """A second machine that was given the key and has never seen the store."""
    machine.write("given")
    other = new_machine(environ={"ORQO_VAULT_KEY": machine.key_file().read_text(), "USER": "ben"})
    machine.delete("given")
    return other
