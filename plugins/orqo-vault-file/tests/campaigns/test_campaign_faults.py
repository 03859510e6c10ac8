"""A failing disk, at every call of every operation: the old or the new state, called what it is, and then it goes on.

The default run draws some of the cases; the slow one tries every way to fail at every call.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.errors import ConflictError, CorruptSecretError, OrqoVaultError

from .faults import Case, Failing, cases, trickling
from .operations import OPERATIONS, Operation
from .seam import through
from .trial import Trial

FALSE_ALARMS = (CorruptSecretError, ConflictError)


def attempt(trial: Trial, case: Case) -> list[str]:
    """Let the operation fail in that way and return what is wrong afterwards."""
    trial.scene.restore()
    found = []
    error: BaseException | None = None
    held = open_descriptors()
    with through(Failing(case)):
        try:
            trial.operation.do(trial.scene)
        except (OrqoVaultError, KeyboardInterrupt) as caught:
            error = caught
        except Exception as caught:
            error = caught
            found.append(f"not one of our errors: {caught!r}")
        during = trial.scene.look() if case.refusal.readable else None
    if isinstance(error, FALSE_ALARMS):
        found.append(f"a false alarm: {error!r}")
    if open_descriptors() != held and not isinstance(error, KeyboardInterrupt):  # it may come between any two steps
        found.append("descriptors stay open")
    if during is not None and during != trial.look():
        found.append(f"readers were disturbed: {during}")
    return found + trial.complaints(done=error is None)


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))


@pytest.mark.parametrize("most", [40, pytest.param(10**6, marks=pytest.mark.slow)], ids=["sample", "all"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_whatever_call_fails_nothing_is_lost_or_half_done(
    tmp_path: Path, operation: Operation, most: int, seed: int
) -> None:
    trial = Trial(operation, tmp_path)
    possible = cases(trial.kinds)
    chosen = random.Random(seed).sample(possible, min(most, len(possible)))
    assert {str(case): found for case in chosen if (found := attempt(trial, case))} == {}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_reads_and_writes_that_come_in_pieces_change_nothing(tmp_path: Path, operation: Operation) -> None:
    trial = Trial(operation, tmp_path)
    trial.scene.restore()
    with through(trickling):
        operation.do(trial.scene)
    assert trial.complaints(done=True) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_signals_that_interrupt_calls_change_nothing(tmp_path: Path, operation: Operation, storm: list[int]) -> None:
    trial = Trial(operation, tmp_path)
    trial.scene.restore()
    operation.do(trial.scene)
    assert trial.complaints(done=True) == []
    assert storm


def test_the_kernels_own_limits_are_reported_as_what_they_are(campaign: Callable[..., Any]) -> None:
    found = campaign("limits")
    assert found["wrong"] == {}
    assert found["refused"] > 4 * len(OPERATIONS)


@pytest.fixture
def storm() -> Iterator[list[int]]:
    """A signal every 200 microseconds; returns those that came."""
    came: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: came.append(number))
    held = signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    yield came
    signal.setitimer(signal.ITIMER_REAL, *held)
    signal.signal(signal.SIGALRM, before)
