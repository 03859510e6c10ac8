"""Holds: reserved, extended, ended once; kept apart from the balance; available is what counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import (
    BudgetExceededError,
    CreditsError,
    HeldByRunsInFlightError,
    HoldEndedError,
    InsufficientCreditsError,
    ReferenceReusedError,
)
from orqo_vault.ledger import Ledger, Use

HOUR = timedelta(hours=1)
Figures = Callable[[], tuple[int, int, int]]


def settle(ledger: Ledger, reference: str, cost: int, hold: str | None = None) -> Any:
    return ledger.settle(
        "acme", reference, tokens=Tokens(input=1), cost=Cost(amount=cost), metered="reported", hold=hold
    )


def test_a_hold_leaves_the_balance_alone(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    assert figures() == (100, 30, 70)

    ledger.release("acme", "h")
    assert figures() == (100, 0, 100)


def test_all_that_is_available_can_be_held_and_not_one_more(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 99, hold="most", lasts=HOUR)
    with pytest.raises(HeldByRunsInFlightError):
        ledger.reserve(use, 2, hold="too much", lasts=HOUR)
    ledger.reserve(use, 1, hold="the last", lasts=HOUR)
    with pytest.raises(HeldByRunsInFlightError):
        ledger.reserve(use, 1, hold="nothing left", lasts=HOUR)
    assert figures() == (100, 100, 0)


def test_being_poor_and_being_busy_are_different_errors(ledger: Ledger, use: Use) -> None:
    ledger.reserve(use, 60, hold="h", lasts=timedelta(seconds=20))

    with pytest.raises(InsufficientCreditsError) as poor:
        ledger.reserve(use, 101, hold="h2", lasts=HOUR)
    with pytest.raises(HeldByRunsInFlightError) as busy:
        ledger.reserve(use, 41, hold="h2", lasts=HOUR)

    assert (poor.value.available, poor.value.required) == (40, 101)
    assert (busy.value.available, busy.value.required, busy.value.retry_after) == (40, 41, 21)
    assert "0.00006" in busy.value.message
    assert poor.value.hint != busy.value.hint


def test_an_organization_that_was_never_granted_anything_has_nothing(ledger: Ledger) -> None:
    use = Use(organization="beta", run="r", credential="c", provider="p")
    with pytest.raises(InsufficientCreditsError) as error:
        ledger.reserve(use, 1, hold="h", lasts=HOUR)
    assert error.value.available == 0


def test_asking_for_a_hold_again_gives_the_same_one(ledger: Ledger, use: Use, figures: Figures) -> None:
    first = ledger.reserve(use, 80, hold="h", lasts=HOUR)
    assert ledger.reserve(use, 80, hold="h", lasts=HOUR) == first
    assert figures() == (100, 80, 20)

    with pytest.raises(ReferenceReusedError):
        ledger.reserve(use, 81, hold="h", lasts=HOUR)


def test_another_organizations_hold_of_the_same_id_is_another_hold(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.grant("beta", 50, period="start")
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    with pytest.raises(HoldEndedError):
        ledger.release("beta", "h")
    with pytest.raises(HoldEndedError):
        ledger.settle("beta", "r", tokens=Tokens(), cost=Cost(amount=1), metered="reported", hold="h")
    assert figures() == (100, 30, 70)
    assert ledger.balance("beta").available == 50


def test_a_hold_grows_within_what_is_available(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 10, hold="h", lasts=HOUR)
    ledger.extend("acme", "h", amount=60)
    ledger.extend("acme", "h", amount=60)
    ledger.extend("acme", "h", amount=20)
    assert figures() == (100, 60, 40)

    with pytest.raises(InsufficientCreditsError):
        ledger.extend("acme", "h", amount=161)
    assert figures() == (100, 60, 40)


def test_a_hold_and_what_was_spent_of_it_stay_within_its_budget(ledger: Ledger, use: Use, figures: Figures) -> None:
    with pytest.raises(BudgetExceededError):
        ledger.reserve(use, 51, hold="h", lasts=HOUR, budget=50)
    ledger.reserve(use, 40, hold="h", lasts=HOUR, budget=50)
    settle(ledger, "r", 30, "h")

    with pytest.raises(BudgetExceededError) as error:
        ledger.extend("acme", "h", amount=21)
    assert (error.value.budget, error.value.required) == (50, 51)
    ledger.extend("acme", "h", amount=20)
    assert figures() == (70, 20, 50)


def test_a_heartbeat_keeps_a_hold_alive(ledger: Ledger, use: Use, clock: Any) -> None:
    ledger.reserve(use, 10, hold="h", lasts=timedelta(minutes=1))
    for _ in range(5):
        clock.advance(seconds=50)
        ledger.extend("acme", "h", lasts=timedelta(minutes=1))
    assert [hold.id for hold in ledger.holds("acme")] == ["h"]

    clock.advance(seconds=60)
    assert ledger.holds("acme") == []
    with pytest.raises(HoldEndedError):
        ledger.extend("acme", "h", lasts=HOUR)


def test_an_expired_hold_is_given_back_at_the_next_question(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.reserve(use, 100, hold="h", lasts=HOUR)
    clock.advance(hours=1)
    ledger.reserve(use, 100, hold="next", lasts=HOUR)
    assert figures() == (100, 100, 0)
    assert ledger.release("acme", "h").state == "expired"


def test_a_hold_that_is_to_be_settled_at_expiry_is_charged_in_full(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.reserve(use, 40, hold="h", lasts=HOUR, at_expiry="settle")
    settle(ledger, "r", 15, "h")
    clock.advance(hours=1)

    assert figures() == (60, 0, 60)
    charges = [(request.charged, request.metered) for request in ledger.requests("acme", run="run-1")]
    assert charges == [(25, "estimated"), (15, "reported")]


def test_a_report_after_such_an_expiry_is_not_charged_twice(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.reserve(use, 40, hold="h", lasts=HOUR, at_expiry="settle")
    clock.advance(hours=1)

    assert settle(ledger, "r1", 30, "h").request.charged == 0
    late = settle(ledger, "r2", 15, "h").request
    assert (late.charged, late.late) == (5, True)
    assert figures() == (55, 0, 55)


def test_releasing_twice_is_once(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    assert ledger.release("acme", "h").state == ledger.release("acme", "h").state == "released"
    assert figures() == (100, 0, 100)


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1, 1.0, True])
def test_what_is_no_amount_is_refused(ledger: Ledger, use: Use, amount: Any, figures: Figures) -> None:
    with pytest.raises(CreditsError):
        ledger.reserve(use, amount, hold="h", lasts=HOUR)
    assert figures() == (100, 0, 100)


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb", "x" * 501])
def test_what_is_no_name_is_refused(ledger: Ledger, use: Use, name: str, figures: Figures) -> None:
    with pytest.raises(CreditsError):
        ledger.reserve(use, 1, hold=name, lasts=HOUR)
    assert figures() == (100, 0, 100)


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(days=400)])
def test_a_hold_ends_some_day(ledger: Ledger, use: Use, lasts: timedelta) -> None:
    with pytest.raises(CreditsError):
        ledger.reserve(use, 1, hold="h", lasts=lasts)
