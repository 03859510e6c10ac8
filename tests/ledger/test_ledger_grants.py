"""Grants: once for each period, what expires soonest is spent first, what is unused expires as its own movement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import (
    CreditsError,
    HeldByRunsInFlightError,
    InsufficientCreditsError,
    ReferenceReusedError,
)
from orqo_vault.ledger import Ledger, Use
from orqo_vault.ledger.records import moment

HOUR = timedelta(hours=1)
Figures = Callable[[], tuple[int, int, int]]


def later(clock: Any, **parts: float) -> datetime:
    return moment(clock()) + timedelta(**parts)


def spend(ledger: Ledger, use: Use, amount: int) -> None:
    ledger.reserve(use, amount, hold=f"spend {amount}", lasts=HOUR)
    ledger.settle(
        "acme",
        f"spent {amount}",
        tokens=Tokens(),
        cost=Cost(amount=amount),
        metered="reported",
        hold=f"spend {amount}",
    )
    ledger.release("acme", f"spend {amount}")


def test_a_period_is_granted_once(ledger: Ledger, clock: Any, figures: Figures) -> None:
    end = later(clock, days=30)
    first = ledger.grant("acme", 50, period="2026-11", expires_at=end)
    assert ledger.grant("acme", 50, period="2026-11", expires_at=end) == first
    assert figures() == (150, 0, 150)


@pytest.mark.parametrize("change", [{"amount": 51}, {"days": 31}])
def test_a_period_is_not_granted_in_two_ways(ledger: Ledger, clock: Any, change: dict[str, int]) -> None:
    ledger.grant("acme", 50, period="2026-11", expires_at=later(clock, days=30))
    with pytest.raises(ReferenceReusedError):
        ledger.grant(
            "acme", change.get("amount", 50), period="2026-11", expires_at=later(clock, days=change.get("days", 30))
        )
    assert ledger.balance("acme").balance == 150


def test_a_grant_that_was_made_can_be_repeated_after_it_expired(ledger: Ledger, clock: Any) -> None:
    end = later(clock, days=1)
    ledger.grant("acme", 50, period="p", expires_at=end)
    clock.advance(days=2)
    ledger.grant("acme", 50, period="p", expires_at=end)
    assert ledger.balance("acme").balance == 100
    with pytest.raises(CreditsError):
        ledger.grant("acme", 50, period="q", expires_at=end)


def test_what_is_unused_expires_as_a_movement_of_its_own(ledger: Ledger, clock: Any, figures: Figures) -> None:
    ledger.grant("acme", 50, period="p", expires_at=later(clock, days=1))
    clock.advance(days=1)
    assert figures() == (100, 0, 100)
    assert [(each.kind, each.amount, each.balance) for each in ledger.history("acme", limit=2)] == [
        ("expiry", -50, 100),
        ("grant", 50, 150),
    ]


def test_what_expires_soonest_is_spent_first(ledger: Ledger, use: Use, clock: Any, figures: Figures) -> None:
    ledger.grant("acme", 50, period="later", expires_at=later(clock, days=9))
    ledger.grant("acme", 50, period="sooner", expires_at=later(clock, days=1))
    spend(ledger, use, 70)
    assert [(lot.amount, lot.remaining) for lot in ledger.lots("acme")] == [(50, 30), (100, 100)]
    clock.advance(days=9)
    assert figures() == (100, 0, 100)


def test_many_small_grants_are_spent_in_one_go(ledger: Ledger, use: Use, clock: Any, figures: Figures) -> None:
    for day in range(1, 51):
        ledger.grant("acme", 2, period=f"day {day}", expires_at=later(clock, days=day))
    spend(ledger, use, 90)
    assert [lot.remaining for lot in ledger.lots("acme")] == [2, 2, 2, 2, 2, 100]
    assert figures() == (110, 0, 110)


def test_what_a_run_holds_does_not_expire_under_it_and_nobody_else_gets_it(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.grant("acme", 50, period="p", expires_at=later(clock, hours=1))
    ledger.reserve(use, 130, hold="h", lasts=timedelta(days=1))
    clock.advance(hours=2)
    assert figures() == (130, 130, 0)
    with pytest.raises(InsufficientCreditsError):
        ledger.reserve(use, 101, hold="h2", lasts=HOUR)
    with pytest.raises(HeldByRunsInFlightError):
        ledger.reserve(use, 100, hold="h2", lasts=HOUR)

    ledger.settle("acme", "r", tokens=Tokens(), cost=Cost(amount=10), metered="reported", hold="h")
    ledger.release("acme", "h")
    assert figures() == (100, 0, 100)


def test_an_adjustment_is_made_once_and_says_why(ledger: Ledger, figures: Figures) -> None:
    first = ledger.adjust("acme", -30, reference="ticket 7", reason="charged elsewhere")
    assert ledger.adjust("acme", -30, reference="ticket 7", reason="charged elsewhere") == first
    ledger.adjust("acme", 5, reference="ticket 8", reason="goodwill")
    assert figures() == (75, 0, 75)
    with pytest.raises(ReferenceReusedError):
        ledger.adjust("acme", -31, reference="ticket 7", reason="charged elsewhere")
    with pytest.raises(CreditsError):
        ledger.adjust("acme", 1, reference="ticket 9", reason="")


def test_an_adjustment_takes_nothing_that_runs_hold_and_ends_at_the_overdraft(
    ledger: Ledger, use: Use, figures: Figures
) -> None:
    ledger.reserve(use, 40, hold="h", lasts=HOUR)
    with pytest.raises(InsufficientCreditsError):
        ledger.adjust("acme", -71, reference="a", reason="too much")
    ledger.adjust("acme", -70, reference="a", reason="all there is")
    assert figures() == (30, 40, -10)


def test_an_overdraft_cannot_be_made_smaller_than_it_is_used(ledger: Ledger, figures: Figures) -> None:
    ledger.adjust("acme", -105, reference="a", reason="r")
    with pytest.raises(CreditsError):
        ledger.set_overdraft("acme", 4)
    assert ledger.set_overdraft("acme", 5).overdraft == 5
    with pytest.raises(CreditsError):
        ledger.set_overdraft("acme", -1)
    assert figures() == (-5, 0, -5)
