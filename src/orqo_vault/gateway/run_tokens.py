"""Run tokens: what a run shows in place of a provider's key. Looked up for every request, so revoking is immediate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from orqo_vault.ledger.database import Database, Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.records import moment

_KEPT = timedelta(days=30)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """Whom a token is for, and how far it goes."""

    enrolment: str
    """The hash of the enrolment that asked."""
    organization: str
    run: str
    run_name: str
    credential: str
    provider: str
    models: tuple[str, ...]
    """None named: any that has a price."""
    hold: str
    budget: int
    """Micro-credits; the ledger keeps the hold to it."""
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToken:
    """A token that was found."""

    lending: Lending
    refusal: str | None
    """Why it is not accepted any more: ``expired``, ``revoked``, ``stopped``; None: it is."""
    expires_at: datetime


class RunTokens:
    """The table of run tokens, in the ledger's database. Each method is one transaction; times are the ledger's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, token_hash: str, lending: Lending, *, lease: timedelta, longest: timedelta) -> RunToken:
        """Store a token. One that the same run had for the same credential is revoked: its answer was lost."""
        with self._database.writing() as session:
            session.run(
                "UPDATE run_token SET state = 'revoked' WHERE organization = :organization AND run = :run"
                " AND credential = :credential AND state = 'live'",
                organization=lending.organization,
                run=lending.run,
                credential=lending.credential,
            )
            session.run(
                "INSERT INTO run_token (token_hash, enrolment, organization, run, run_name, credential, provider,"
                " models, hold, budget, concurrency, state, made_at, expires_at, ends_at)"
                " VALUES (:token_hash, :enrolment, :organization, :run, :run_name, :credential, :provider,"
                " :models, :hold, :budget, :concurrency, 'live', :now, :expires_at, :ends_at)",
                token_hash=token_hash,
                enrolment=lending.enrolment,
                organization=lending.organization,
                run=lending.run,
                run_name=lending.run_name,
                credential=lending.credential,
                provider=lending.provider,
                models=json.dumps(lending.models),
                hold=lending.hold,
                budget=lending.budget,
                concurrency=lending.concurrency,
                now=session.now,
                expires_at=session.now + min(lease, longest) // _MICROSECOND,
                ends_at=session.now + longest // _MICROSECOND,
            )
            made = _found(session, token_hash)
        assert made is not None  # it was written in this transaction
        return made

    def find(self, token_hash: str) -> RunToken | None:
        """Return the token of this hash as it stands now, None if there is none."""
        with self._database.reading() as session:
            return _found(session, token_hash)

    def keep_alive(self, organization: str, run: str, lease: timedelta) -> list[RunToken]:
        """Let the live tokens of a run live for ``lease`` from now, but no longer than the run may; return them."""
        with self._database.writing() as session:
            session.run(
                "UPDATE run_token SET expires_at ="
                " CASE WHEN :expires_at < ends_at THEN :expires_at ELSE ends_at END"
                " WHERE organization = :organization AND run = :run AND state = 'live' AND expires_at > :now",
                organization=organization,
                run=run,
                now=session.now,
                expires_at=session.now + lease // _MICROSECOND,
            )
            rows = session.rows(
                "SELECT token_hash FROM run_token WHERE organization = :organization AND run = :run"
                " AND state = 'live' AND expires_at > :now",
                organization=organization,
                run=run,
                now=session.now,
            )
            found = [_found(session, row["token_hash"]) for row in rows]
        return [each for each in found if each is not None]

    def revoke(self, organization: str, run: str) -> list[str]:
        """Revoke all tokens of a run and return the holds they drew on. Twice is once."""
        with self._database.writing() as session:
            session.run(
                "UPDATE run_token SET state = 'revoked' WHERE organization = :organization AND run = :run",
                organization=organization,
                run=run,
            )
            rows = session.rows(
                "SELECT DISTINCT hold FROM run_token WHERE organization = :organization AND run = :run",
                organization=organization,
                run=run,
            )
        return [row["hold"] for row in rows]

    def stop(self, organization: str, hold: str) -> None:
        """Refuse further requests on a hold, because one of them cost more than it had."""
        with self._database.writing() as session:
            session.run(
                "UPDATE run_token SET state = 'stopped' WHERE organization = :organization AND hold = :hold"
                " AND state = 'live'",
                organization=organization,
                hold=hold,
            )

    def forget(self) -> int:
        """Delete the tokens that ended a month ago; return how many."""
        with self._database.writing() as session:
            return session.run(
                "DELETE FROM run_token WHERE expires_at < :before", before=session.now - _KEPT // _MICROSECOND
            )


def _found(session: Session, token_hash: str) -> RunToken | None:
    row = session.row(
        "SELECT run_token.*, enrolment.revoked_at FROM run_token JOIN enrolment"
        " ON enrolment.token_hash = run_token.enrolment WHERE run_token.token_hash = :token_hash",
        token_hash=token_hash,
    )
    if row is None:
        return None
    lending = {name: row[name] for name in Lending.__dataclass_fields__}
    return RunToken(
        lending=Lending(**{**lending, "models": tuple(json.loads(row["models"]))}),
        refusal=_refusal(row, session.now),
        expires_at=moment(row["expires_at"]),
    )


def _refusal(row: Row, now: int) -> str | None:
    if row["revoked_at"]:
        return "revoked"
    if row["state"] != "live":
        return str(row["state"])
    return "expired" if row["expires_at"] <= now else None
