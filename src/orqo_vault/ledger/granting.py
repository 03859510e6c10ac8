"""What an operator does to an organization's credits: grant, adjust, bound. Idempotent by period or reference."""

from __future__ import annotations

from orqo_vault.credits import LARGEST, credits_text
from orqo_vault.errors import CreditsError, InsufficientCreditsError, ReferenceReusedError
from orqo_vault.ledger.accounts import open_account, post, posted
from orqo_vault.ledger.checks import checked_amount, checked_text
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.due import settled_up
from orqo_vault.ledger.lots import add_lot, consume
from orqo_vault.ledger.records import NEVER, Movement


def grant(
    session: Session, organization: str, amount: int, *, period: str, expires_at: int | None, reason: str
) -> Movement:
    checked_amount(amount)
    expiry = NEVER if expires_at is None else expires_at
    open_account(session, checked_text(organization))
    settled_up(session, organization)
    made = posted(session, organization, "grant", period, amount)
    if made is not None:
        _same_expiry(session, made, expiry)
        return made
    if expiry <= session.now:
        raise CreditsError(f"grant '{period}' would have expired before it is made")
    movement = post(session, organization, "grant", checked_text(period), amount, reason=reason)
    add_lot(session, movement, expiry)
    return movement


def adjust(session: Session, organization: str, amount: int, *, reference: str, reason: str) -> Movement:
    checked_amount(abs(amount))
    checked_text(reason)
    open_account(session, checked_text(organization))
    account = settled_up(session, organization)
    assert account is not None  # it was opened above
    made = posted(session, organization, "adjustment", reference, amount)
    if made is not None:
        return made
    if account.available + account.overdraft + amount < 0:
        error = InsufficientCreditsError(
            f"organization '{organization}' has {credits_text(account.available)} credits available: "
            f"{credits_text(-amount)} cannot be taken",
            hint="take less, or wait for the runs that hold credits",
        )
        error.available, error.required = account.available, -amount
        raise error
    if amount < 0:
        consume(session, organization, -amount)
    movement = post(session, organization, "adjustment", checked_text(reference), amount, reason=reason)
    if amount > 0:
        add_lot(session, movement, NEVER)
    return movement


def set_overdraft(session: Session, organization: str, amount: int) -> None:
    if type(amount) is not int or not 0 <= amount <= LARGEST:
        raise CreditsError(f"an overdraft is a whole number of micro-credits from 0 to {LARGEST}")
    open_account(session, checked_text(organization))
    account = settled_up(session, organization)
    assert account is not None  # it was opened above
    if account.available < -amount:
        raise CreditsError(
            f"organization '{organization}' is at {credits_text(account.available)} credits: its overdraft cannot be"
            f" {credits_text(amount)}",
            hint="grant what is missing first",
        )
    session.run(
        "UPDATE organization SET overdraft = :amount WHERE name = :organization",
        organization=organization,
        amount=amount,
    )


def _same_expiry(session: Session, made: Movement, expiry: int) -> None:
    row = session.row(
        "SELECT expires_at FROM lot WHERE organization = :organization AND number = :number",
        organization=made.organization,
        number=made.number,
    )
    if row is None or row["expires_at"] != expiry:
        raise ReferenceReusedError(
            f"organization '{made.organization}' has a grant '{made.reference}' with another expiry",
            hint="a grant is made once; another one needs another period",
        )
