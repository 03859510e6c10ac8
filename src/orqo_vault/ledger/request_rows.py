"""One row for each request to a provider: what it is, and what it came to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger.charging import Charge
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.records import Metered, Request, moment

_INSERT = (
    "INSERT INTO request (organization, reference, hold, run, credential, mode, provider, model, state, gateway,"
    " drawn, cost, charged, written_off, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens,"
    " unit_prices, price_version, metered, late, started_at, settled_at)"
    " VALUES (:organization, :reference, :hold, :run, :credential, :mode, :provider, :model, :state, :gateway,"
    " :drawn, :cost, :charged, :written_off, :input_tokens, :output_tokens, :cached_input_tokens, :cache_write_tokens,"
    " :unit_prices, :price_version, :metered, :late, :now, :settled_at)"
    " ON CONFLICT (organization, reference) DO NOTHING"
)
_SETTLE = (
    "UPDATE request SET state = 'settled', drawn = 0, cost = :cost, charged = :charged, written_off = :written_off,"
    " input_tokens = :input_tokens, output_tokens = :output_tokens, cached_input_tokens = :cached_input_tokens,"
    " cache_write_tokens = :cache_write_tokens, unit_prices = :unit_prices, price_version = :price_version,"
    " metered = :metered, late = :late, settled_at = :settled_at"
    " WHERE organization = :organization AND reference = :reference"
)
NOTHING = Charge(0, 0, False)


def find_request(session: Session, organization: str, reference: str) -> Row | None:
    return session.row(
        "SELECT * FROM request WHERE organization = :organization AND reference = :reference",
        organization=organization,
        reference=reference,
    )


def insert_request(
    session: Session,
    hold: Mapping[str, object],
    *,
    reference: str,
    state: Literal["started", "settled"],
    mode: Literal["own", "platform"] = "platform",
    model: str = "",
    gateway: str = "",
    drawn: int = 0,
    cost: Cost | None = None,
    charge: Charge = NOTHING,
    tokens: Tokens | None = None,
    metered: Metered | Literal[""] = "",
) -> int:
    """Insert the row of a request of a hold; return 0 if its reference is taken."""
    return session.run(
        _INSERT,
        organization=hold["organization"],
        reference=reference,
        hold=hold["id"],
        run=hold["run"],
        credential=hold["credential"],
        mode=mode,
        provider=hold["provider"],
        model=model or hold["model"],
        state=state,
        gateway=gateway,
        drawn=drawn,
        now=session.now,
        **_outcome(session, hold, cost or Cost(amount=0), charge, tokens or Tokens(), metered),
    )


def settle_request(
    session: Session, hold: Row, reference: str, cost: Cost, charge: Charge, tokens: Tokens, metered: Metered
) -> None:
    session.run(
        _SETTLE,
        organization=hold["organization"],
        reference=reference,
        **_outcome(session, hold, cost, charge, tokens, metered),
    )


def request_of(row: Row) -> Request:
    return Request(
        organization=row["organization"],
        reference=row["reference"],
        hold=row["hold"],
        run=row["run"],
        credential=row["credential"],
        mode=row["mode"],
        provider=row["provider"],
        model=row["model"],
        state=row["state"],
        gateway=row["gateway"],
        drawn=row["drawn"],
        cost=row["cost"],
        charged=row["charged"],
        written_off=row["written_off"],
        tokens=tokens_of(row),
        unit_prices=json.loads(row["unit_prices"]),
        price_version=row["price_version"],
        metered=row["metered"] or None,
        late=bool(row["late"]),
        started_at=moment(row["started_at"]),
        settled_at=moment(row["settled_at"]) if row["settled_at"] else None,
    )


def tokens_of(row: Row) -> Tokens:
    return Tokens(
        input=int(row["input_tokens"]),
        output=int(row["output_tokens"]),
        cached_input=int(row["cached_input_tokens"]),
        cache_write=int(row["cache_write_tokens"]),
    )


def _outcome(
    session: Session,
    hold: Mapping[str, object],
    cost: Cost,
    charge: Charge,
    tokens: Tokens,
    metered: Metered | Literal[""],
) -> dict[str, object]:
    return {
        "cost": cost.amount,
        "charged": charge.charged,
        "written_off": charge.written_off,
        "input_tokens": tokens.input,
        "output_tokens": tokens.output,
        "cached_input_tokens": tokens.cached_input,
        "cache_write_tokens": tokens.cache_write,
        "unit_prices": json.dumps(dict(cost.unit_prices), sort_keys=True),
        "price_version": cost.price_version,
        "metered": metered,
        "late": int(bool(metered) and hold.get("state", "live") != "live"),
        "settled_at": session.now if metered else 0,
    }
