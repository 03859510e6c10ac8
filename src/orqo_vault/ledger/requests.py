"""Requests to providers: drawn on a hold before the first byte leaves, settled or cancelled exactly once."""

from __future__ import annotations

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import HoldEndedError, ReferenceReusedError
from orqo_vault.ledger.accounts import Account, free, open_account
from orqo_vault.ledger.charging import charge
from orqo_vault.ledger.checks import checked_amount, checked_text
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.due import settled_up
from orqo_vault.ledger.holds import enlarge, find_hold, live
from orqo_vault.ledger.records import Metered, Request, Settlement, Use
from orqo_vault.ledger.request_rows import (
    find_request,
    insert_request,
    request_of,
    settle_request,
)


def start(
    session: Session, organization: str, hold: str, *, reference: str, model: str, estimate: int, gateway: str
) -> Request:
    checked_amount(estimate)
    settled_up(session, organization)
    made = find_request(session, organization, reference)
    if made is not None:
        if (made["state"], made["hold"], made["drawn"], made["model"]) != ("started", hold, estimate, model):
            raise _reused(organization, reference)
        return request_of(made)
    row = live(session, organization, hold)
    enlarge(session, row, estimate - (row["amount"] - row["drawn"]))
    session.run(
        "UPDATE hold SET drawn = drawn + :estimate WHERE organization = :organization AND id = :hold",
        organization=organization,
        hold=hold,
        estimate=estimate,
    )
    insert_request(
        session,
        row,
        reference=checked_text(reference),
        state="started",
        model=checked_text(model),
        gateway=checked_text(gateway),
        drawn=estimate,
    )
    return request_of(_stored(session, organization, reference))


def settle(
    session: Session,
    organization: str,
    reference: str,
    *,
    tokens: Tokens,
    cost: Cost,
    metered: Metered,
    hold: str | None,
    model: str | None,
) -> Settlement:
    checked_amount(cost.amount, least=0)
    account = settled_up(session, organization)
    made = find_request(session, organization, reference)
    if made is not None and (made["mode"] == "own" or hold not in (None, made["hold"])):
        raise _reused(organization, reference)
    of = made["hold"] if made is not None else hold
    row = find_hold(session, organization, of) if of else None
    if account is None or row is None:
        raise HoldEndedError(f"organization '{organization}' has no hold '{of}' to settle '{reference}' against")
    if made is not None and made["state"] == "settled":
        return _again(made, cost, account)
    result = charge(session, account, row, reference, cost.amount, made["drawn"] if made is not None else 0)
    if made is not None:
        settle_request(session, row, reference, cost, result, tokens, metered)
    else:
        insert_request(
            session,
            row,
            reference=checked_text(reference),
            state="settled",
            model=model or "",
            cost=cost,
            charge=result,
            tokens=tokens,
            metered=metered,
        )
    after = settled_up(session, organization) or account
    request = request_of(_stored(session, organization, reference))
    return Settlement(request=request, replayed=False, over=result.over, available=after.available)


def cancel(session: Session, organization: str, reference: str) -> Request:
    settled_up(session, organization)
    made = find_request(session, organization, reference)
    if made is None:
        raise HoldEndedError(f"organization '{organization}' has no request '{reference}'")
    if made["state"] not in ("started", "unsettled"):
        return request_of(made)
    hold = find_hold(session, organization, made["hold"])
    assert hold is not None  # it was drawn on
    freed = 0 if hold["state"] == "live" else made["drawn"]
    session.run(
        "UPDATE hold SET drawn = drawn - :drawn, amount = amount - :freed"
        " WHERE organization = :organization AND id = :hold",
        organization=organization,
        hold=made["hold"],
        drawn=made["drawn"],
        freed=freed,
    )
    free(session, organization, freed)
    session.run(
        "UPDATE request SET state = 'cancelled', drawn = 0"
        " WHERE organization = :organization AND reference = :reference",
        organization=organization,
        reference=reference,
    )
    settled_up(session, organization)  # what had expired under the hold goes with it
    return request_of(_stored(session, organization, reference))


def record_own(session: Session, use: Use, reference: str, *, tokens: Tokens, metered: Metered) -> Request:
    open_account(session, checked_text(use.organization))
    own = {
        "organization": use.organization,
        "id": "",
        "run": checked_text(use.run),
        "credential": checked_text(use.credential),
        "provider": checked_text(use.provider),
        "model": use.model,
    }
    insert_request(
        session, own, reference=checked_text(reference), state="settled", mode="own", tokens=tokens, metered=metered
    )
    row = _stored(session, use.organization, reference)
    if (row["mode"], row["run"], row["credential"]) != ("own", use.run, use.credential):
        raise _reused(use.organization, reference)
    return request_of(row)


def mark_unsettled(session: Session, gateway: str) -> int:
    return session.run(
        "UPDATE request SET state = 'unsettled' WHERE gateway = :gateway AND state = 'started'", gateway=gateway
    )


def _again(made: Row, cost: Cost, account: Account) -> Settlement:
    """Answer a settlement that was made before; another cost is another settlement, and refused."""
    if made["cost"] != cost.amount:
        raise _reused(made["organization"], made["reference"])
    return Settlement(request=request_of(made), replayed=True, over=False, available=account.available)


def _stored(session: Session, organization: str, reference: str) -> Row:
    row = find_request(session, organization, reference)
    assert row is not None  # it was written in this transaction
    return row


def _reused(organization: str, reference: str) -> ReferenceReusedError:
    return ReferenceReusedError(
        f"reference '{reference}' of organization '{organization}' stands for another request",
        hint="make a reference for each request; correct one that is settled with an adjustment",
    )
