"""What the ledger is asked to do and what it answers. Amounts are whole micro-credits, times are in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from orqo_vault.credits import Tokens

NEVER = 2**63 - 1
"""A time that does not come, and a limit that is not reached."""

Metered = Literal["gateway", "reported", "estimated"]
"""Who counted: the gateway itself, a caller whom the operator trusts, or nobody (charged at what was held)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds(when: datetime) -> int:
    """Return the microseconds since 1970; a time without a zone is refused, because nobody knows which it is."""
    if when.tzinfo is None:
        raise ValueError("a time needs a time zone")
    return (when - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """On whose behalf, and for what."""

    organization: str
    run: str
    credential: str
    provider: str
    model: str = ""
    """Empty while a run has not said which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Credits that are kept for a run."""

    organization: str
    id: str
    run: str
    credential: str
    provider: str
    model: str
    amount: int
    """What it holds now."""
    drawn: int
    """Of ``amount``: for requests that have started."""
    spent: int
    """What was charged to it."""
    budget: int | None
    """``spent`` and ``amount`` together never pass it; None: no limit but the organization's credits."""
    at_expiry: Literal["release", "settle"]
    state: Literal["live", "settled", "released", "expired"]
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to a provider, and what it came to."""

    organization: str
    reference: str
    hold: str
    """Empty for an own key."""
    run: str
    credential: str
    mode: Literal["own", "platform"]
    provider: str
    model: str
    state: Literal["started", "unsettled", "settled", "cancelled"]
    gateway: str
    drawn: int
    """What its hold keeps for it until it is settled."""
    cost: int
    charged: int
    """What this settlement took from the balance: ``cost``, less what the hold's expiry had taken already and less
    what was written off."""
    written_off: int
    """What the organization's overdraft did not allow to be charged."""
    tokens: Tokens
    unit_prices: Mapping[str, str] = field(default_factory=dict)
    price_version: str
    metered: Metered | None
    late: bool
    """Settled after its hold had ended."""
    started_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a request that was settled."""

    request: Request
    replayed: bool
    """It had been settled before, by the same reference: nothing was charged this time."""
    over: bool
    """It cost more than its hold had left: the run is to stop."""
    available: int
    """What the organization has left, holds deducted. Below 0: the overdraft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an organization has. ``available`` is the only figure that anything is decided on."""

    organization: str
    balance: int
    held: int
    overdraft: int
    """How far below 0 ``available`` can fall, at the very most."""

    @property
    def available(self) -> int:
        return self.balance - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of an organization's history."""

    organization: str
    number: int
    """Counts from 1 without a gap."""
    kind: Literal["grant", "usage", "expiry", "adjustment"]
    reference: str
    amount: int
    """What it did to the balance."""
    balance: int
    """The balance after it."""
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one grant."""

    number: int
    """The movement that brought it."""
    amount: int
    remaining: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What was used under one heading: a day (``2026-11-23``, UTC), a model, a run …"""

    heading: str
    requests: int
    own: int
    """How many of the requests used the organization's own keys, which cost no credits."""
    tokens: Tokens
    charged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """Two figures that must be equal and are not."""

    organization: str
    what: str
    expected: int
    found: int
