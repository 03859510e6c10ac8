"""What is left of each grant. What expires soonest is spent first; of equals, the older."""

from __future__ import annotations

from orqo_vault.ledger.accounts import post
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.records import Movement

_AT_A_TIME = 20


def add_lot(session: Session, movement: Movement, expires_at: int) -> None:
    """Keep what a movement brought. What it paid of an overdraft is spent already."""
    session.run(
        "INSERT INTO lot (organization, number, amount, remaining, expires_at)"
        " VALUES (:organization, :number, :amount, :remaining, :expires_at)",
        organization=movement.organization,
        number=movement.number,
        amount=movement.amount,
        remaining=max(0, min(movement.amount, movement.balance)),
        expires_at=expires_at,
    )


def consume(session: Session, organization: str, amount: int) -> None:
    """Take ``amount`` out of the lots, as far as there are any: the rest is overdraft."""
    while amount > 0:
        rows = session.rows(
            "SELECT number, remaining FROM lot WHERE organization = :organization AND remaining > 0"
            " ORDER BY expires_at, number LIMIT :limit",
            limit=_AT_A_TIME,
            organization=organization,
        )
        for row in rows:
            taken = min(amount, row["remaining"])
            amount -= taken
            _take(session, organization, row["number"], taken)
        if len(rows) < _AT_A_TIME:
            return


def expire_lots(session: Session, organization: str, available: int) -> None:
    """Move what is left of lots whose time is over out of the account.

    What runs hold does not expire under them: it stays until their holds end, and is spent first.
    """
    rows = session.rows(
        "SELECT number, remaining FROM lot WHERE organization = :organization AND remaining > 0"
        " AND expires_at <= :now ORDER BY expires_at, number",
        organization=organization,
        now=session.now,
    )
    for row in rows:
        amount = min(row["remaining"], available)
        if amount <= 0:
            return
        available -= amount
        _take(session, organization, row["number"], amount)
        left = row["remaining"] - amount  # makes the reference of what expires later another one
        post(session, organization, "expiry", f"{row['number']}:{left}", -amount, reason=f"of grant {row['number']}")


def overdue(session: Session, organization: str) -> int:
    """Return what has expired and is still held: nobody else will get it."""
    (row,) = session.rows(
        "SELECT COALESCE(SUM(remaining), 0) AS amount FROM lot WHERE organization = :organization AND remaining > 0"
        " AND expires_at <= :now",
        organization=organization,
        now=session.now,
    )
    return int(row["amount"])


def _take(session: Session, organization: str, number: int, amount: int) -> None:
    session.run(
        "UPDATE lot SET remaining = remaining - :amount WHERE organization = :organization AND number = :number",
        organization=organization,
        number=number,
        amount=amount,
    )
