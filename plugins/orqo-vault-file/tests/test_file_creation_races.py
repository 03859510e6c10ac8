"""Somebody else makes the store between two looks of ours: it is neither lost nor damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from orqo_vault_file import creation

from .machines import Machine, soon


@pytest.mark.parametrize("act", [lambda one: one.read("mail"), lambda one: one.write("mail"), lambda one: one.paths()])
@pytest.mark.parametrize("meanwhile", [lambda one: one.write("other"), lambda one: creation.create(one.store, soon())])
def test_a_store_that_was_made_a_moment_ago_is_found(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Machine], object],
    meanwhile: Callable[[Machine], object],
) -> None:
    machine.folder.mkdir()
    real = os.open
    looks: list[object] = []

    def slow(path: Any, *arguments: Any, **keywords: Any) -> int:
        """The first look at the header comes too early; what it saw is told when the store is made."""
        if path == "header" and not looks:
            looks.append(path)
            meanwhile(machine)
            raise FileNotFoundError
        return real(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", slow)
    act(machine)

    assert looks
    assert machine.write("after") == machine.stored("after").version  # type: ignore[union-attr]  # it is there
