"""Requests: drawn before the first byte, charged exactly once, never free, never past the stated bound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import BudgetExceededError, HeldByRunsInFlightError, HoldEndedError, ReferenceReusedError
from orqo_vault.ledger import Ledger, Request, Settlement, Use

HOUR = timedelta(hours=1)
TOKENS = Tokens(input=1000, output=50, cached_input=400)
Figures = Callable[[], tuple[int, int, int]]


def start(ledger: Ledger, reference: str, estimate: int, hold: str = "h") -> Request:
    return ledger.start("acme", hold, reference=reference, model="gpt-4o", estimate=estimate, gateway="gw")


def settle(ledger: Ledger, reference: str, cost: int, hold: str | None = None) -> Settlement:
    return ledger.settle(
        "acme", reference, tokens=TOKENS, cost=Cost(amount=cost), metered="gateway", hold=hold, model="gpt-4o"
    )


def test_a_request_is_drawn_on_its_runs_hold(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    assert figures() == (100, 30, 70)

    result = settle(ledger, "r", 12)
    assert (result.request.charged, result.over, result.available) == (12, False, 70)
    assert figures() == (88, 18, 70)


def test_the_hold_grows_with_its_requests_up_to_the_budget(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 10, hold="h", lasts=HOUR, budget=50)
    start(ledger, "r1", 20)
    start(ledger, "r2", 20)
    assert figures() == (100, 40, 60)

    with pytest.raises(BudgetExceededError):
        start(ledger, "r3", 11)
    settle(ledger, "r1", 5)
    start(ledger, "r3", 25)  # 5 are spent, 20 drawn: 25 are left of the budget
    with pytest.raises(BudgetExceededError):
        start(ledger, "r4", 1)
    assert figures() == (95, 45, 50)


def test_a_request_that_other_runs_leave_no_room_for_does_not_start(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 10, hold="h", lasts=HOUR)
    ledger.reserve(use, 90, hold="other", lasts=HOUR)
    with pytest.raises(HeldByRunsInFlightError):
        start(ledger, "r", 11)
    assert figures() == (100, 100, 0)
    assert ledger.unsettled("acme") == []


def test_starting_twice_draws_once(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 10, hold="h", lasts=HOUR)
    assert start(ledger, "r", 30) == start(ledger, "r", 30)
    assert figures() == (100, 30, 70)
    with pytest.raises(ReferenceReusedError):
        start(ledger, "r", 31)


def test_settling_again_charges_nothing_and_answers_the_same(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    first = settle(ledger, "r", 12, "h")
    again = settle(ledger, "r", 12, "h")
    ledger.release("acme", "h")
    third = settle(ledger, "r", 12)

    assert (first.replayed, again.replayed, third.replayed) == (False, True, True)
    assert first.request == again.request == third.request
    assert figures() == (88, 0, 88)


def test_one_reference_for_two_costs_is_refused(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    settle(ledger, "r", 12, "h")
    with pytest.raises(ReferenceReusedError):
        settle(ledger, "r", 13, "h")
    assert figures() == (88, 18, 70)


def test_one_reference_for_two_holds_is_refused(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    ledger.reserve(use, 30, hold="h2", lasts=HOUR)
    start(ledger, "r", 5)
    with pytest.raises(ReferenceReusedError):
        settle(ledger, "r", 1, "h2")
    with pytest.raises(ReferenceReusedError):
        start(ledger, "r", 5, "h2")
    assert figures() == (100, 60, 40)


def test_two_organizations_may_use_the_same_reference(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.grant("beta", 50, period="start")
    other = Use(organization="beta", run="run-1", credential="openai", provider="openai")
    for each in (use, other):
        ledger.reserve(each, 10, hold="h", lasts=HOUR)
        ledger.settle(
            each.organization, "r", tokens=TOKENS, cost=Cost(amount=7), metered="reported", hold="h", model="m"
        )
    assert figures() == (93, 3, 90)
    assert ledger.balance("beta").balance == 43


def test_usage_above_the_hold_settles_in_full_and_says_that_the_run_is_over(
    ledger: Ledger, use: Use, figures: Figures
) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    result = settle(ledger, "r", 55, "h")
    assert (result.request.charged, result.request.written_off, result.over) == (55, 0, True)
    assert figures() == (45, 0, 45)


def test_usage_above_one_request_does_not_take_what_is_kept_for_another(
    ledger: Ledger, use: Use, figures: Figures
) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r1", 15)
    start(ledger, "r2", 15)
    settle(ledger, "r1", 40)
    assert figures() == (60, 15, 45)
    settle(ledger, "r2", 15)
    assert figures() == (45, 0, 45)


def test_the_overdraft_is_where_charging_ends(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 100, hold="h", lasts=HOUR)
    result = settle(ledger, "r", 135, "h")

    assert (result.request.cost, result.request.charged, result.request.written_off) == (135, 110, 25)
    assert result.available == -10
    assert figures() == (-10, 0, -10)


def test_a_debt_is_paid_by_the_next_grant(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 100, hold="h", lasts=HOUR)
    settle(ledger, "r", 107, "h")
    ledger.grant("acme", 20, period="next")
    assert figures() == (13, 0, 13)
    assert [lot.remaining for lot in ledger.lots("acme")] == [13]


def test_a_settlement_after_expiry_is_accepted_once_and_flagged(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    clock.advance(hours=2)
    late = settle(ledger, "r", 12, "h")
    again = settle(ledger, "r", 12, "h")

    assert (late.request.late, late.request.charged, again.replayed) == (True, 12, True)
    assert figures() == (88, 0, 88)


def test_what_was_started_stays_held_when_its_run_is_gone(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    clock.advance(hours=2)
    assert figures() == (100, 20, 80)
    with pytest.raises(HoldEndedError):
        start(ledger, "r2", 1)

    assert settle(ledger, "r", 18).request.late
    assert figures() == (82, 0, 82)


def test_what_was_started_stays_held_when_its_run_has_ended(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    ledger.release("acme", "h")
    assert figures() == (100, 20, 80)
    settle(ledger, "r", 25)
    assert figures() == (75, 0, 75)


def test_a_gateway_that_was_killed_leaves_its_requests_unsettled_and_held(
    ledger: Ledger, use: Use, clock: Any, figures: Figures
) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r1", 10)
    start(ledger, "r2", 10)
    settle(ledger, "r2", 4)
    assert ledger.mark_unsettled("another") == 0
    assert ledger.mark_unsettled("gw") == 1
    assert ledger.mark_unsettled("gw") == 0
    clock.advance(days=30)

    assert [(request.reference, request.drawn) for request in ledger.unsettled("acme")] == [("r1", 10)]
    assert figures() == (96, 10, 86)

    ledger.settle("acme", "r1", tokens=Tokens(), cost=Cost(amount=10), metered="estimated")
    assert ledger.unsettled("acme") == []
    assert figures() == (86, 0, 86)


def test_requests_that_take_too_long_can_be_looked_for(ledger: Ledger, use: Use, clock: Any) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    early = start(ledger, "r1", 10)
    clock.advance(minutes=10)
    late = start(ledger, "r2", 10)
    assert ledger.unsettled("acme") == []
    assert ledger.unsettled("acme", started_before=late.started_at) == [early]


def test_a_request_that_the_provider_refused_costs_nothing(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    assert ledger.cancel("acme", "r").state == ledger.cancel("acme", "r").state == "cancelled"
    assert figures() == (100, 30, 70)
    ledger.release("acme", "h")
    assert figures() == (100, 0, 100)


def test_cancelling_after_the_end_of_the_run_gives_back_what_was_kept(
    ledger: Ledger, use: Use, figures: Figures
) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    ledger.release("acme", "h")
    ledger.cancel("acme", "r")
    assert figures() == (100, 0, 100)


def test_what_was_settled_cannot_be_cancelled(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    settle(ledger, "r", 20)
    assert ledger.cancel("acme", "r").state == "settled"
    assert figures() == (80, 10, 70)


def test_usage_that_turns_up_after_cancelling_is_charged(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    start(ledger, "r", 20)
    ledger.cancel("acme", "r")
    assert settle(ledger, "r", 9).request.charged == 9
    assert figures() == (91, 21, 70)


def test_a_request_that_costs_nothing_leaves_a_row_and_no_movement(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    assert settle(ledger, "r", 0, "h").request.state == "settled"
    assert len(ledger.history("acme")) == 1
    assert figures() == (100, 30, 70)


def test_own_keys_are_recorded_with_0_credits(ledger: Ledger, figures: Figures) -> None:
    use = Use(organization="beta", run="r", credential="openai", provider="openai", model="gpt-4o")
    first = ledger.record_own(use, "o-1", tokens=TOKENS)
    assert ledger.record_own(use, "o-1", tokens=TOKENS) == first
    assert (first.mode, first.cost, first.tokens) == ("own", 0, TOKENS)
    assert ledger.balance("beta").balance == 0
    assert figures() == (100, 0, 100)


def test_own_usage_and_platform_usage_do_not_share_a_reference(ledger: Ledger, use: Use, figures: Figures) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    settle(ledger, "r", 5, "h")
    with pytest.raises(ReferenceReusedError):
        ledger.record_own(use, "r", tokens=TOKENS)
    ledger.record_own(use, "own", tokens=TOKENS)
    with pytest.raises(ReferenceReusedError):
        settle(ledger, "own", 0, "h")
    assert figures() == (95, 25, 70)


def test_a_settled_request_says_how_its_cost_can_be_calculated_again(ledger: Ledger, use: Use) -> None:
    ledger.reserve(use, 30, hold="h", lasts=HOUR)
    cost = Cost(amount=5, unit_prices={"input": "2.5", "markup_percent": "20"}, price_version="operator")
    ledger.settle("acme", "r", tokens=TOKENS, cost=cost, metered="gateway", hold="h", model="gpt-4o")
    (request,) = ledger.requests("acme", run="run-1")
    assert (request.unit_prices, request.price_version) == (cost.unit_prices, "operator")
    assert (request.tokens, request.model, request.metered) == (TOKENS, "gpt-4o", "gateway")
