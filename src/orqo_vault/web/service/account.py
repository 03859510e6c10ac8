"""The credits of the organization that this process belongs to: what there is, what is held, what was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orqo_vault.credits import credits_text
from orqo_vault.errors import CreditsError
from orqo_vault.ledger import open_ledger
from orqo_vault.vault import Vault

DAYS = 30
PAGE = 25


@dataclass(frozen=True, slots=True)
class Day:
    """One day's use; ``share`` is its part of the dearest day's, 0 to 1."""

    date: str
    charged: str
    requests: int
    share: float


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Credits that a run in flight keeps."""

    run: str
    credential: str
    amount: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Line:
    """One movement."""

    number: int
    time: str
    kind: str
    amount: str
    balance: str
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What the Credits page shows, amounts as decimal credits."""

    organization: str
    balance: str
    held: str
    available: str
    days: tuple[Day, ...]
    used: str
    """In all of these days."""
    holds: tuple[HeldLine, ...]
    history: tuple[Line, ...]
    older: int | None
    """The number to ask for the next page with."""


def account_of(vault: Vault, *, before: int | None = None) -> Account:
    """Return the account of the caller's own organization; nobody sees another's. Raises CreditsError without one."""
    operator, organization = vault.surroundings.operator, vault.surroundings.organization
    if operator is None or operator.ledger is None or not organization:
        raise CreditsError("there are no credits here", hint="the operator's file names a ledger and who is in it")
    with open_ledger(operator.ledger.address, operator.ledger.password_file) as ledger:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        since = today - timedelta(days=DAYS - 1)
        balance = ledger.balance(organization)
        usage = {each.heading: each for each in ledger.usage(organization, since=since)}
        movements = ledger.history(organization, before=before, limit=PAGE)
        holds = ledger.holds(organization)
    dates = [(since + timedelta(days=each)).date().isoformat() for each in range(DAYS)]
    most = max((each.charged for each in usage.values()), default=0) or 1
    days = [(date, usage.get(date)) for date in dates]
    return Account(
        organization=organization,
        balance=credits_text(balance.balance),
        held=credits_text(balance.held),
        available=credits_text(balance.available),
        days=tuple(
            Day(date, credits_text(line.charged), line.requests, line.charged / most) if line else Day(date, "0", 0, 0)
            for date, line in days
        ),
        used=credits_text(sum(each.charged for each in usage.values())),
        holds=tuple(
            HeldLine(each.run, each.credential, credits_text(each.amount), each.expires_at.isoformat())
            for each in holds
        ),
        history=tuple(
            Line(
                each.number,
                each.made_at.isoformat(),
                each.kind,
                credits_text(each.amount),
                credits_text(each.balance),
                each.reason,
            )
            for each in movements
        ),
        older=movements[-1].number if len(movements) == PAGE else None,
    )
