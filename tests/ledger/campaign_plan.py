"""What each worker of the campaign does at each step: the same, whoever asks, and however often."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Literal, NamedTuple

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import (
    HeldByRunsInFlightError,
    HoldEndedError,
    InsufficientCreditsError,
    ReferenceReusedError,
)
from orqo_vault.ledger import Ledger, Use

RICH, POOR = "my-app/prod", "my/app-prod"
GRANTED = 10**12
OVERDRAFT = 2
"""Of the poor organization."""
_LONG = timedelta(days=1)


class Step(NamedTuple):
    """One run: it holds, and ends in one of five ways."""

    organization: str
    id: str
    amount: int
    cost: int
    ends: Literal["settled", "requested", "cancelled", "released", "left"]
    grants: bool
    """Whether it gives the poor organization one micro-credit: less than it spends, which keeps it at its edge."""


def step(seed: int, worker: int, number: int) -> Step:
    draw = random.Random(f"{seed}:{worker}:{number}")
    poor = draw.random() < 0.4
    amount = draw.choice([1, 1, 2]) if poor else draw.choice([1, 7, 1000, draw.randrange(1, 10**6)])
    cost = draw.choice([0, 1, amount - 1, amount, amount, amount + 1, amount + 3])
    ends = draw.choice(["settled", "settled", "settled", "requested", "requested", "cancelled", "released", "left"])
    if poor and ends == "left":
        ends = "released"
    grants = poor and draw.random() < 0.4
    return Step(POOR if poor else RICH, f"{worker}-{number}", amount, cost, ends, grants)  # type: ignore[arg-type]  # of those


def perform(ledger: Ledger, step: Step) -> None:
    """Do it all; what was done before, by anybody, is done by nobody again. Each settlement is sent twice."""
    use = Use(organization=step.organization, run=step.id, credential="c", provider="p", model="m")
    if step.grants:
        ledger.grant(POOR, 1, period=step.id)
    try:
        ledger.reserve(use, step.amount, hold=step.id, lasts=_LONG)
    except (HeldByRunsInFlightError, InsufficientCreditsError):
        return
    if step.ends in ("requested", "cancelled"):
        _request(ledger, step)
    if step.ends in ("settled", "requested"):
        for _ in range(2):
            ledger.settle(
                step.organization,
                step.id,
                tokens=Tokens(input=1),
                cost=Cost(amount=step.cost),
                metered="gateway",
                hold=step.id,
            )
    if step.ends != "left":
        ledger.release(step.organization, step.id)


def _request(ledger: Ledger, step: Step) -> None:
    """Start a request, unless an earlier attempt has come further than that."""
    if ledger.find_request(step.organization, step.id) is not None:
        if step.ends == "cancelled":
            ledger.cancel(step.organization, step.id)
        return
    try:
        ledger.start(
            step.organization, step.id, reference=step.id, model="m", estimate=step.amount, gateway=f"gw {step.id}"
        )
    except (HoldEndedError, ReferenceReusedError):
        return  # a twin has come further at this moment
    if step.ends == "cancelled":
        ledger.cancel(step.organization, step.id)
