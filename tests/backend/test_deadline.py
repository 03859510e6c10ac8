"""A deadline is one point in time for a whole operation."""

from __future__ import annotations

import pytest

from orqo_vault.backend import Deadline
from orqo_vault.backend import deadline as deadline_module
from orqo_vault.errors import TimedOutError


class Clock:
    """The monotonic clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(deadline_module, "time", clock)
    return clock


def test_time_runs_out(clock: Clock) -> None:
    deadline = Deadline(10)

    clock.now += 4
    assert deadline.remaining() == 6
    assert not deadline.passed

    clock.now += 6
    assert deadline.remaining() == 0
    assert deadline.passed


def test_what_remains_is_never_negative(clock: Clock) -> None:
    deadline = Deadline(10)
    clock.now += 100

    assert deadline.remaining() == 0.0


def test_a_check_in_time_says_nothing(clock: Clock) -> None:
    deadline = Deadline(10)
    clock.now += 9.9

    deadline.check("reading 'mail'")


def test_a_late_check_says_what_was_not_done_in_how_long(clock: Clock) -> None:
    deadline = Deadline(2.5)
    clock.now += 3

    with pytest.raises(TimedOutError) as caught:
        deadline.check("reading 'mail'")

    assert str(caught.value) == "reading 'mail': not done within 2.5 s"


def test_a_deadline_of_no_seconds_has_passed() -> None:
    assert Deadline(0).passed
