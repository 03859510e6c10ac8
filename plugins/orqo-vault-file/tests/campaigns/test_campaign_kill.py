"""SIGKILL at any moment: nothing that was acknowledged is lost, nothing is torn, and the next process goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .operations import OPERATIONS


@pytest.mark.parametrize("kills", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_killed_at_random_while_it_writes(campaign: Callable[..., Any], seed: int, kills: int) -> None:
    found = campaign("killing", kills, seed)
    assert found["wrong"] == []
    assert found["strays"] == []
    assert found["acknowledged"] > kills
    assert found["torn"] > kills / 2


EACH = pytest.param("each", 8)
ALL = [pytest.param(each.name, 10**6, marks=pytest.mark.slow) for each in OPERATIONS]


@pytest.mark.parametrize(("operation", "most"), [EACH, *ALL])
def test_killed_at_a_call(campaign: Callable[..., Any], seed: int, operation: str, most: int) -> None:
    found = campaign("dying", operation, most, seed)
    assert found["wrong"] == {}
    assert found["deaths"] >= min(most, 100)
