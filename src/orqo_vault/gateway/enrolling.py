"""Makes, lists and revokes enrolments for the operator; what changes one is recorded before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from orqo_vault.errors import SettingsError
from orqo_vault.gateway.enrolments import Enrolment, Enrolments, enrolment_id
from orqo_vault.gateway.tokens import ENROLMENT, new_token
from orqo_vault.ledger.database import Database
from orqo_vault.ledger.opening import dialect_of
from orqo_vault.secret import SecretValue
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.vault.ledger_access import LedgerAccess


def enrol(
    access: LedgerAccess, organization: str, label: str, *, reason: str | None = None
) -> tuple[Enrolment, SecretValue]:
    """Make an enrolment for an organization of the operator's file. Its token is in what is returned, nowhere else.

    Raises AccessDeniedError for a tenant, and AuditError where what cannot be recorded must not happen.
    """
    access.require_operator()
    known = access.operator.organizations
    if organization not in known:  # a misspelt one would have no credits
        raise SettingsError(
            "the operator's file has no such organization", hint=did_you_mean(organization, known, "organizations")
        )
    token = new_token(ENROLMENT)
    what = f"enrolment {enrolment_id(token)} {label!r}" if label else f"enrolment {enrolment_id(token)}"
    with (
        _enrolments(access) as enrolments,
        access.recorded("gateway-enrol", organization, what=what, reason=reason),
    ):
        return enrolments.make(organization, label, token), token


def enrolments(access: LedgerAccess) -> list[Enrolment]:
    """Return all, the revoked ones too. Raises AccessDeniedError for a tenant."""
    access.require_operator()
    with _enrolments(access) as found:
        return found.all()


def revoke(access: LedgerAccess, named: str, *, reason: str | None = None) -> Enrolment:
    """Revoke the enrolment of this id; its organization may have left the operator's file. As :func:`enrol` raises."""
    access.require_operator()
    with _enrolments(access) as enrolments:
        found = enrolments.named(named)
        what = f"enrolment {found.id}"
        with access.recorded("gateway-revoke", found.organization, what=what, reason=reason):
            return enrolments.revoke(found)


@contextmanager
def _enrolments(access: LedgerAccess) -> Iterator[Enrolments]:
    """Open their table. The ledger is open, so its database is there and of this version."""
    ledger = access.operator.ledger
    assert ledger is not None  # access was opened on it
    with closing(Database(dialect_of(ledger.address, ledger.password_file))) as database:
        yield Enrolments(database)
