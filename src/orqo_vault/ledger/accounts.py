"""An organization's balance, and the movements that change it: double entries, numbered without a gap, kept."""

from __future__ import annotations

from typing import Literal, NamedTuple

from orqo_vault.errors import ReferenceReusedError
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.records import Movement, moment

OVERDRAFT = 1_000_000
"""How far a new organization's ``available`` can fall below 0: by requests that cost more than was expected."""

Kind = Literal["grant", "usage", "expiry", "adjustment"]
_OTHER_SIDE: dict[Kind, str] = {
    "grant": "grants",
    "usage": "revenue",
    "expiry": "expired",
    "adjustment": "adjustments",
}


class Account(NamedTuple):
    """An organization's row, as it is until the transaction is over."""

    balance: int
    held: int
    overdraft: int

    @property
    def available(self) -> int:
        return self.balance - self.held


def locked(session: Session, organization: str) -> Account | None:
    """Return the account and keep every other writer off it; None if there is none.

    Every transaction that changes an organization begins here, so none waits for another in the wrong order.
    """
    row = session.locked_row(
        "SELECT balance, held, overdraft FROM organization WHERE name = :organization", organization=organization
    )
    return Account(**row) if row else None


def open_account(session: Session, organization: str) -> None:
    """Make the organization's account, empty, unless it has one."""
    session.run(
        "INSERT INTO organization (name, balance, held, overdraft, movements)"
        " VALUES (:organization, 0, 0, :overdraft, 0) ON CONFLICT (name) DO NOTHING",
        organization=organization,
        overdraft=OVERDRAFT,
    )


def post(
    session: Session, organization: str, kind: Kind, reference: str, amount: int, *, reason: str = "", freed: int = 0
) -> Movement:
    """Move ``amount`` into the organization's account (out of it, if negative), and free what a hold kept for it."""
    (changed,) = session.rows(
        "UPDATE organization SET balance = balance + :amount, held = held - :freed, movements = movements + 1"
        " WHERE name = :organization RETURNING movements, balance",
        organization=organization,
        amount=amount,
        freed=freed,
    )
    number, balance = int(changed["movements"]), int(changed["balance"])
    session.run(
        "INSERT INTO movement (organization, number, kind, reference, balance, reason, made_at)"
        " VALUES (:organization, :number, :kind, :reference, :balance, :reason, :now)",
        organization=organization,
        number=number,
        kind=kind,
        reference=reference,
        balance=balance,
        reason=reason,
        now=session.now,
    )
    session.run(
        "INSERT INTO entry (organization, number, account, amount)"
        " VALUES (:organization, :number, 'available', :amount), (:organization, :number, :other, :opposite)",
        organization=organization,
        number=number,
        amount=amount,
        other=_OTHER_SIDE[kind],
        opposite=-amount,
    )
    return Movement(
        organization=organization,
        number=number,
        kind=kind,
        reference=reference,
        amount=amount,
        balance=balance,
        reason=reason,
        made_at=moment(session.now),
    )


def free(session: Session, organization: str, amount: int) -> None:
    """Give back what a hold kept."""
    if amount:
        session.run(
            "UPDATE organization SET held = held - :amount WHERE name = :organization",
            organization=organization,
            amount=amount,
        )


def posted(session: Session, organization: str, kind: Kind, reference: str, amount: int) -> Movement | None:
    """Return the movement that has this reference; one of another amount is refused."""
    row = session.row(
        "SELECT movement.organization, movement.number, kind, reference, amount, balance, reason, made_at"
        " FROM movement JOIN entry ON entry.organization = movement.organization AND entry.number = movement.number"
        " WHERE movement.organization = :organization AND kind = :kind AND reference = :reference"
        " AND account = 'available'",
        organization=organization,
        kind=kind,
        reference=reference,
    )
    if row is None:
        return None
    if row["amount"] != amount:
        raise ReferenceReusedError(
            f"organization '{organization}' has a {kind} '{reference}' of another amount",
            hint="a correction is an adjustment with a reference of its own",
        )
    return movement_of(row)


def movement_of(row: Row) -> Movement:
    return Movement(**{**row, "made_at": moment(row["made_at"])})
