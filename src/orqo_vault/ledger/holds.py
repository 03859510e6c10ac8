"""Holds: what runs keep of their organization's credits. Reserved before anything is read, ended exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from orqo_vault.credits import credits_text
from orqo_vault.errors import (
    BudgetExceededError,
    HeldByRunsInFlightError,
    HoldEndedError,
    InsufficientCreditsError,
    ReferenceReusedError,
)
from orqo_vault.ledger.accounts import free
from orqo_vault.ledger.checks import checked_amount, checked_text, checked_time
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.due import settled_up
from orqo_vault.ledger.lots import overdue
from orqo_vault.ledger.records import NEVER, Hold, Use, moment

AtExpiry = Literal["release", "settle"]

_LONGEST_WAIT = 60
"""Seconds. Runs end before their holds expire, so it is worth asking again earlier."""


def reserve(
    session: Session,
    use: Use,
    amount: int,
    *,
    hold: str,
    lasts: timedelta,
    budget: int | None,
    at_expiry: AtExpiry,
) -> Hold:
    checked_amount(amount)
    account = settled_up(session, use.organization)
    made = find_hold(session, use.organization, hold)
    if made is not None:
        if (made["reserved"], made["run"], made["credential"]) != (amount, use.run, use.credential):
            raise ReferenceReusedError(f"hold '{hold}' was made for something else")
        return hold_of(made)
    if account is None:
        raise _insufficient(use.organization, available=0, required=amount)
    if budget is not None and amount > budget:
        raise _over_budget(hold, budget, amount)
    _take(session, use.organization, amount)
    session.run(
        "INSERT INTO hold (organization, id, run, credential, provider, model, reserved, amount, drawn, spent,"
        " unreported, budget, at_expiry, state, made_at, expires_at)"
        " VALUES (:organization, :hold, :run, :credential, :provider, :model, :amount, :amount, 0, 0,"
        " 0, :budget, :at_expiry, 'live', :now, :expires_at)",
        organization=checked_text(use.organization),
        hold=checked_text(hold),
        run=checked_text(use.run),
        credential=checked_text(use.credential),
        provider=checked_text(use.provider),
        model=use.model and checked_text(use.model),
        amount=amount,
        budget=NEVER if budget is None else budget,
        at_expiry=at_expiry,
        now=session.now,
        expires_at=session.now + checked_time(lasts),
    )
    return hold_of(_found(session, use.organization, hold))


def extend(
    session: Session, organization: str, hold: str, *, amount: int | None = None, lasts: timedelta | None = None
) -> Hold:
    settled_up(session, organization)
    row = live(session, organization, hold)
    if amount is not None:
        enlarge(session, row, checked_amount(amount) - row["amount"])
    if lasts is not None:
        session.run(
            "UPDATE hold SET expires_at = :expires_at WHERE organization = :organization AND id = :hold"
            " AND expires_at < :expires_at",
            organization=organization,
            hold=hold,
            expires_at=session.now + checked_time(lasts),
        )
    return hold_of(_found(session, organization, hold))


def enlarge(session: Session, hold: Row, by: int) -> None:
    """Let a live hold keep more, within its budget and what the organization has."""
    if by <= 0:
        return
    wanted = hold["spent"] + hold["amount"] + by
    if wanted > hold["budget"]:
        raise _over_budget(hold["id"], hold["budget"], wanted)
    _take(session, hold["organization"], by)
    session.run(
        "UPDATE hold SET amount = amount + :by WHERE organization = :organization AND id = :hold",
        organization=hold["organization"],
        hold=hold["id"],
        by=by,
    )


def release(session: Session, organization: str, hold: str) -> Hold:
    settled_up(session, organization)
    row = _found(session, organization, hold)
    if row["state"] != "live":
        return hold_of(row)
    free(session, organization, row["amount"] - row["drawn"])
    session.run(
        "UPDATE hold SET amount = drawn, state = :state WHERE organization = :organization AND id = :hold",
        organization=organization,
        hold=hold,
        state="settled" if row["spent"] else "released",
    )
    settled_up(session, organization)  # what had expired under the hold goes with it
    return hold_of(_found(session, organization, hold))


def live(session: Session, organization: str, hold: str) -> Row:
    """Return a hold that still keeps something for new requests."""
    row = _found(session, organization, hold)
    if row["state"] != "live":
        raise HoldEndedError(f"hold '{hold}' of run '{row['run']}' has ended: {row['state']}")
    return row


def find_hold(session: Session, organization: str, hold: str) -> Row | None:
    return session.row(
        "SELECT * FROM hold WHERE organization = :organization AND id = :hold", organization=organization, hold=hold
    )


def hold_of(row: Row) -> Hold:
    kept = {name: value for name, value in row.items() if name not in ("reserved", "unreported")}
    times = {"made_at": moment(row["made_at"]), "expires_at": moment(row["expires_at"])}
    return Hold(**{**kept, **times, "budget": None if row["budget"] == NEVER else row["budget"]})


def _found(session: Session, organization: str, hold: str) -> Row:
    row = find_hold(session, organization, hold)
    if row is None:
        raise HoldEndedError(f"organization '{organization}' has no hold '{hold}'")
    return row


def _take(session: Session, organization: str, amount: int) -> None:
    """Hold more of what is available: one statement, so that nothing can come between the question and the deed."""
    taken = session.run(
        "UPDATE organization SET held = held + :amount WHERE name = :organization AND balance - held >= :amount",
        organization=organization,
        amount=amount,
    )
    if not taken:
        raise _refusal(session, organization, amount)


def _refusal(session: Session, organization: str, required: int) -> Exception:
    """Return the error that says whether waiting helps."""
    (account,) = session.rows(
        "SELECT balance, held FROM organization WHERE name = :organization", organization=organization
    )
    available = account["balance"] - account["held"]
    if account["balance"] - overdue(session, organization) < required:
        return _insufficient(organization, available=available, required=required)
    soonest = session.row(
        "SELECT expires_at FROM hold WHERE organization = :organization AND amount > 0 ORDER BY expires_at LIMIT 1",
        organization=organization,
    )
    seconds = (soonest["expires_at"] - session.now) // 1_000_000 + 1 if soonest else 1
    error = HeldByRunsInFlightError(
        f"organization '{organization}' has {credits_text(account['balance'])} credits, of which runs in flight hold"
        f" {credits_text(account['held'])}; {credits_text(required)} are required",
        hint="try again when one of them has ended",
    )
    error.available, error.required = available, required
    error.retry_after = max(1, min(seconds, _LONGEST_WAIT))
    return error


def _insufficient(organization: str, *, available: int, required: int) -> InsufficientCreditsError:
    error = InsufficientCreditsError(
        f"organization '{organization}' has {credits_text(available)} credits available, {credits_text(required)} are"
        " required",
        hint="ask the operator for credits, or use an own key",
    )
    error.available, error.required = available, required
    return error


def _over_budget(hold: str, budget: int, required: int) -> BudgetExceededError:
    error = BudgetExceededError(
        f"hold '{hold}' may come to {credits_text(budget)} credits, {credits_text(required)} are required",
        hint="give the run a larger budget",
    )
    error.budget, error.required = budget, required
    return error
