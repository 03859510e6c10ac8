"""What is over by now: holds and grants whose time has passed. Looked at before anything is decided."""

from __future__ import annotations

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger.accounts import Account, free, locked
from orqo_vault.ledger.charging import charge
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.lots import expire_lots
from orqo_vault.ledger.request_rows import insert_request

_AT_A_TIME = 100


def settled_up(session: Session, organization: str) -> Account | None:
    """Lock the organization, end what is over, and return how it stands; None if it has no account."""
    account = locked(session, organization)
    if account is None or not is_anything_due(session, organization):
        return account
    _end_holds(session, organization)
    _expire_lots(session, organization)
    return locked(session, organization)


def is_anything_due(session: Session, organization: str) -> bool:
    """Tell whether :func:`settled_up` would change something, without holding anybody up."""
    return bool(
        session.row(
            "SELECT 1 AS due FROM hold WHERE organization = :organization AND state = 'live' AND expires_at <= :now"
            " UNION ALL SELECT 1 AS due FROM lot JOIN organization ON name = lot.organization"
            " WHERE lot.organization = :organization AND remaining > 0 AND expires_at <= :now AND balance > held"
            " LIMIT 1",
            organization=organization,
            now=session.now,
        )
    )


def _end_holds(session: Session, organization: str) -> None:
    while True:
        rows = session.rows(
            "SELECT * FROM hold WHERE organization = :organization AND state = 'live' AND expires_at <= :now"
            " ORDER BY expires_at LIMIT :limit",
            limit=_AT_A_TIME,
            organization=organization,
            now=session.now,
        )
        for row in rows:
            _end(session, row)
        if len(rows) < _AT_A_TIME:
            return


def _expire_lots(session: Session, organization: str) -> None:
    account = locked(session, organization)
    assert account is not None  # something of it was due
    expire_lots(session, organization, account.available)


def _end(session: Session, hold: Row) -> None:
    """End a hold; what is kept for requests that have started stays until they are settled."""
    organization, undrawn = hold["organization"], hold["amount"] - hold["drawn"]
    if hold["at_expiry"] == "settle" and undrawn:
        _charge_unreported(session, hold, undrawn)
    else:
        free(session, organization, undrawn)
    session.run(
        "UPDATE hold SET amount = drawn, state = 'expired' WHERE organization = :organization AND id = :hold",
        organization=organization,
        hold=hold["id"],
    )


def _charge_unreported(session: Session, hold: Row, undrawn: int) -> None:
    """Charge what nobody gave account of; reports that come later are taken from it."""
    account = locked(session, hold["organization"])
    assert account is not None  # it has a hold
    reference = f"hold-expired:{hold['id']}"
    result = charge(session, account, hold, reference, undrawn, 0)
    session.run(
        "UPDATE hold SET unreported = :charged WHERE organization = :organization AND id = :hold",
        organization=hold["organization"],
        hold=hold["id"],
        charged=result.charged,
    )
    insert_request(
        session,
        hold,
        reference=reference,
        state="settled",
        cost=Cost(amount=undrawn),
        charge=result,
        tokens=Tokens(),
        metered="estimated",
    )
