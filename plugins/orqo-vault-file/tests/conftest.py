"""The machines most tests play on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .machines import Machine


@pytest.fixture
def new_machine(tmp_path: Path) -> Callable[..., Machine]:
    """Makes another machine that works in the same project folder."""
    project = tmp_path / "project"
    project.mkdir()
    count = iter(range(100))

    def make(**more: object) -> Machine:
        return Machine(project, tmp_path / f"machine-{next(count)}", **more)  # type: ignore[arg-type]  # as given

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
