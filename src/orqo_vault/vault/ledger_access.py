"""The operator's ledger, as the caller may use it: tenants see their own organization, movements are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from orqo_vault.errors import AccessDeniedError, CreditsError, LedgerUnavailableError, SettingsError
from orqo_vault.ledger import Ledger, open_ledger
from orqo_vault.settings.model import Settings
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.vault.auditing import Auditor, Purpose
from orqo_vault.vault.caller import Caller, caller_of

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Operator
    from orqo_vault.vault.surroundings import Surroundings


class LedgerAccess:
    """An open ledger and who is asking. Close it, or use it as a context manager."""

    def __init__(self, operator: Operator, ledger: Ledger, caller: Caller, around: Surroundings) -> None:
        self.operator = operator
        self.ledger = ledger
        self.caller = caller
        self._around = around

    def account(self, named: str | None) -> str:
        """Return the organization that is meant: the caller's own, or the one that an operator names.

        Raises AccessDeniedError when a tenant names another's.
        """
        own = self.caller.organization
        if named is None:
            if own is None:
                raise CreditsError(
                    "this user is in no organization, so one has to be named",
                    hint=did_you_mean(None, self.known(), "organizations"),
                )
            return own
        if named != own:
            self.require_operator(f"organization '{named}' is not this user's")
            self._require_known(named)
        return named

    def known(self) -> list[str]:
        """Return the organizations that the operator's file or the ledger names."""
        return sorted({*self.operator.organizations, *self.ledger.organizations()})

    def require_operator(self, why: str = "this is for the operator") -> None:
        """Raise AccessDeniedError for a tenant."""
        require_operator(self.caller, why)

    @contextmanager
    def moving(self, event: str, organization: str, *, what: str, reason: str | None = None) -> Iterator[Ledger]:
        """Return the ledger for one movement of the operator's, which is recorded before it is made.

        Raises AccessDeniedError for a tenant, CreditsError for an organization nobody knows, and AuditError where
        what cannot be recorded must not happen. A movement that is refused is recorded as well.
        """
        self.require_operator()
        self._require_known(organization)
        with self.recorded(event, organization, what=what, reason=reason):
            yield self.ledger

    @contextmanager
    def recorded(self, event: str, organization: str, *, what: str, reason: str | None = None) -> Iterator[None]:
        """Record what the operator is about to do, as :meth:`moving` does, for an organization that may be gone."""
        self.require_operator()
        auditor = self._auditor(organization)
        try:
            purpose = Purpose().said(reason=reason, target=what)
            with auditor.asking(event, (), purpose) as asking:
                asking.granted(())
                yield
        finally:
            auditor.close()

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _require_known(self, organization: str) -> None:
        known = self.known()
        if organization not in known:
            raise CreditsError(
                f"there is no organization '{organization}', in the operator's file or in the ledger",
                hint=did_you_mean(organization, known, "organizations"),
            )

    def _auditor(self, organization: str) -> Auditor:
        """Return what writes records; the operator's project is the folder of the operator's file."""
        file = self.operator.file
        assert file is not None  # the ledger's address was read from it
        around = replace(self._around, audit=self.operator.audit, organization=organization)
        return Auditor(Settings(base_dir=file.parent, organization=organization), around)


def open_access(operator: Operator, around: Surroundings, *, create: bool = False) -> LedgerAccess:
    """Open the ledger that the operator's file names; ``create`` makes one, which only the operator may."""
    caller = caller_of(operator)
    if operator.ledger is None:
        raise SettingsError(f"{operator.file}: names no ledger", hint="add ledger: {address: …}; see docs/operator.md")
    if create:
        require_operator(caller, "a ledger is made by the operator")
    try:
        ledger = open_ledger(operator.ledger.address, operator.ledger.password_file, create=create)
    except LedgerUnavailableError as error:
        if not caller.is_operator:
            error.hint = "a user who may not open the ledger sees balance and usage through the gateway, once enrolled"
        raise
    return LedgerAccess(operator, ledger, caller, around)


def require_operator(caller: Caller, why: str) -> None:
    """Raise AccessDeniedError for a tenant."""
    if not caller.is_operator:
        raise AccessDeniedError(
            f"{why}: user {caller.uid} is of organization '{caller.organization}'", hint="ask whoever runs the platform"
        )
