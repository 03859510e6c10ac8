"""Enrolments: what an organization's hosts show to be lent run tokens. Made by the operator, shown once, revocable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orqo_vault.errors import UnknownCredentialError
from orqo_vault.gateway.tokens import digest
from orqo_vault.ledger.checks import checked_text
from orqo_vault.ledger.database import Database
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.records import moment
from orqo_vault.secret import SecretValue

_ID = 12
"""Digits of the hash that name an enrolment to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What is known of one; not its token."""

    token_hash: str
    organization: str
    label: str
    made_at: datetime
    revoked_at: datetime | None

    @property
    def id(self) -> str:
        return self.token_hash[:_ID]


def enrolment_id(token: SecretValue) -> str:
    """Return the id of the enrolment with this token."""
    return digest(token.reveal())[:_ID]


class Enrolments:
    """The table of enrolments, in the ledger's database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, organization: str, label: str, token: SecretValue) -> Enrolment:
        """Keep one, of which only the token's hash is stored."""
        token_hash = digest(token.reveal())
        with self._database.writing() as session:
            session.run(
                "INSERT INTO enrolment (token_hash, organization, label, made_at, revoked_at)"
                " VALUES (:token_hash, :organization, :label, :now, 0)",
                token_hash=token_hash,
                organization=checked_text(organization),
                label=label and checked_text(label),
                now=session.now,
            )
            row = session.row("SELECT * FROM enrolment WHERE token_hash = :token_hash", token_hash=token_hash)
        assert row is not None  # it was written in this transaction
        return _enrolment_of(row)

    def find(self, token_hash: str) -> Enrolment | None:
        """Return the enrolment with this token, None if there is none or it was revoked."""
        with self._database.reading() as session:
            row = session.row(
                "SELECT * FROM enrolment WHERE token_hash = :token_hash AND revoked_at = 0", token_hash=token_hash
            )
        return None if row is None else _enrolment_of(row)

    def all(self) -> list[Enrolment]:
        """Return all, the revoked ones too, in the order in which they were made."""
        with self._database.reading() as session:
            return [_enrolment_of(row) for row in session.rows("SELECT * FROM enrolment ORDER BY made_at")]

    def named(self, enrolment_id: str) -> Enrolment:
        """Return the one of this id. Raises UnknownCredentialError where there is none."""
        named = [each for each in self.all() if len(enrolment_id) >= _ID and each.token_hash.startswith(enrolment_id)]
        if len(named) != 1:
            raise UnknownCredentialError(
                "there is no enrolment of this id", hint="orqo-vault gateway enrolments lists them"
            )
        return named[0]

    def revoke(self, enrolment: Enrolment) -> Enrolment:
        """Revoke it, and with it, at once, every run token that was lent on it. Twice is once."""
        token_hash = enrolment.token_hash
        with self._database.writing() as session:
            session.run(
                "UPDATE enrolment SET revoked_at = :now WHERE token_hash = :token_hash AND revoked_at = 0",
                token_hash=token_hash,
                now=session.now,
            )
            row = session.row("SELECT * FROM enrolment WHERE token_hash = :token_hash", token_hash=token_hash)
        assert row is not None  # rows of this table are never deleted
        return _enrolment_of(row)


def _enrolment_of(row: Row) -> Enrolment:
    revoked_at = moment(row["revoked_at"]) if row["revoked_at"] else None
    return Enrolment(**{**row, "made_at": moment(row["made_at"]), "revoked_at": revoked_at})
