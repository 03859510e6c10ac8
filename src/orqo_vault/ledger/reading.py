"""Questions to the ledger: what is held, what happened, what was used. Every one reads an index, none the whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from orqo_vault.ledger.accounts import movement_of
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.holds import hold_of
from orqo_vault.ledger.records import NEVER, Balance, Hold, Lot, Movement, Request, UsageLine, moment
from orqo_vault.ledger.request_rows import request_of, tokens_of

Heading = Literal["day", "model", "run", "credential"]

_DAY = timedelta(days=1) // timedelta(microseconds=1)
_HEADINGS: dict[Heading, str] = {
    "day": f"settled_at / {_DAY}",
    "model": "provider || ':' || model",
    "run": "run",
    "credential": "credential",
}


def balance(session: Session, organization: str) -> Balance:
    """Return the balance; an organization that the ledger has never seen has 0 of everything."""
    row = session.row(
        "SELECT balance, held, overdraft FROM organization WHERE name = :organization", organization=organization
    )
    return Balance(organization=organization, **(row or {"balance": 0, "held": 0, "overdraft": 0}))


def organizations(session: Session) -> list[str]:
    return [row["name"] for row in session.rows("SELECT name FROM organization ORDER BY name")]


def holds(session: Session, organization: str) -> list[Hold]:
    rows = session.rows(
        "SELECT * FROM hold WHERE organization = :organization AND amount > 0 ORDER BY expires_at, id",
        organization=organization,
    )
    return [hold_of(row) for row in rows]


def lots(session: Session, organization: str) -> list[Lot]:
    rows = session.rows(
        "SELECT number, amount, remaining, expires_at FROM lot WHERE organization = :organization AND remaining > 0"
        " ORDER BY expires_at, number",
        organization=organization,
    )
    return [
        Lot(**{**row, "expires_at": None if row["expires_at"] == NEVER else moment(row["expires_at"])}) for row in rows
    ]


def history(session: Session, organization: str, before: int | None, limit: int) -> list[Movement]:
    rows = session.rows(
        "SELECT movement.organization, movement.number, kind, reference, amount, balance, reason, made_at"
        " FROM movement JOIN entry ON entry.organization = movement.organization AND entry.number = movement.number"
        " AND account = 'available'"
        " WHERE movement.organization = :organization AND movement.number < :before"
        " ORDER BY movement.number DESC LIMIT :limit",
        organization=organization,
        before=NEVER if before is None else before,
        limit=limit,
    )
    return [movement_of(row) for row in rows]


def unsettled(session: Session, organization: str, started_before: int) -> list[Request]:
    rows = session.rows(
        "SELECT * FROM request WHERE organization = :organization AND state IN ('started', 'unsettled')"
        " AND (state = 'unsettled' OR started_at < :started_before) ORDER BY started_at, reference",
        organization=organization,
        started_before=started_before,
    )
    return [request_of(row) for row in rows]


def requests(session: Session, organization: str, run: str, limit: int) -> list[Request]:
    rows = session.rows(
        "SELECT * FROM request WHERE organization = :organization AND run = :run AND state = 'settled'"
        " ORDER BY settled_at DESC LIMIT :limit",
        organization=organization,
        run=run,
        limit=limit,
    )
    return [request_of(row) for row in rows]


def usage(
    session: Session, organization: str, *, since: int, until: int, by: Heading, run: str | None
) -> list[UsageLine]:
    heading = _HEADINGS[by]
    rows = session.rows(
        f"SELECT {heading} AS heading, COUNT(*) AS requests,"  # noqa: S608  # one of four texts above
        " SUM(CASE WHEN mode = 'own' THEN 1 ELSE 0 END) AS own,"
        " SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens,"
        " SUM(cached_input_tokens) AS cached_input_tokens, SUM(cache_write_tokens) AS cache_write_tokens,"
        " SUM(charged) AS charged"
        " FROM request WHERE organization = :organization AND state = 'settled'"
        " AND settled_at >= :since AND settled_at < :until"
        + ("" if run is None else " AND run = :run")
        + f" GROUP BY {heading} ORDER BY {heading}",
        organization=organization,
        since=since,
        until=until,
        **({} if run is None else {"run": run}),
    )
    return [_usage_line(row, by) for row in rows]


def _usage_line(row: Row, by: Heading) -> UsageLine:
    heading = row["heading"]
    return UsageLine(
        heading=_day(heading) if by == "day" else heading,
        requests=int(row["requests"]),
        own=int(row["own"]),
        tokens=tokens_of(row),
        charged=int(row["charged"]),
    )


def _day(number: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + number * timedelta(days=1)).date().isoformat()
