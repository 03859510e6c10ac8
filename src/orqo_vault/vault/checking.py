"""Finds out whether a selection could run now: everything that would stop it, not only the first thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from orqo_vault.backend import Deadline
from orqo_vault.credential import Credential
from orqo_vault.errors import BackendError, OrqoVaultError
from orqo_vault.injector import Selected, build_environment
from orqo_vault.planner import Selection, make_plan, select
from orqo_vault.planner.availability import refuse_what_is_not_available
from orqo_vault.settings.model import Run
from orqo_vault.vault.reading import ours
from orqo_vault.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know. ``error`` is None for a note, which stops nothing."""

    subject: str
    message: str
    error: OrqoVaultError | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was looked at, and what was found."""

    checked: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.error is not None)

    @property
    def exit_code(self) -> int:
        """The exit code of the gravest problem (the highest number), 0 when there is none."""
        return max((found.error.exit_code for found in self.findings if found.error is not None), default=0)


def check(vault: Vault, *, only: Iterable[str] | None = None, run: str | None = None) -> CheckReport:
    """Check one selection, chosen as :meth:`Vault.prepare` chooses it."""
    selection = select(vault.settings, only=only, run=run)
    return CheckReport(selection.credentials, tuple(_check(vault, selection)))


def check_all(vault: Vault) -> CheckReport:
    """Check every declared credential on its own, and every declared run as a whole, reading each secret once."""
    ids = tuple(vault.credentials)
    findings = [Finding("settings", warning) for warning in vault.settings.warnings]
    for credential_id in ids:
        findings += _names_only(vault, Selection(Run(name=""), (credential_id,)), credential_id)
    for name in vault.settings.runs:
        selection = select(vault.settings, run=name)
        said = {found.message for found in findings}
        findings += [found for found in _names_only(vault, selection, f"run {name}") if found.message not in said]
    return CheckReport(ids, (*findings, *_stored(vault, ids)))


def _check(vault: Vault, selection: Selection) -> list[Finding]:
    subject = f"run {selection.run.name}" if selection.run.name else "selection"
    return [*_names_only(vault, selection, subject), *_stored(vault, selection.credentials)]


def _names_only(vault: Vault, selection: Selection, subject: str) -> list[Finding]:
    try:
        refuse_what_is_not_available(make_plan(vault.settings, selection, now=datetime.now(UTC)))
    except OrqoVaultError as error:
        return [Finding(subject, str(error), error)]
    return []


def _stored(vault: Vault, ids: Iterable[str]) -> list[Finding]:
    findings: list[Finding] = []
    by_backend: dict[str, list[Credential]] = {}
    for credential_id in ids:
        credential = vault.credentials[credential_id]
        if credential.backend is not None and credential.enabled:
            by_backend.setdefault(credential.backend, []).append(credential)
    for name, credentials in by_backend.items():
        try:
            findings += _in_backend(vault, name, credentials)
        except OrqoVaultError as error:
            findings.append(Finding(f"backend {name}", str(error), error))
    return findings


def _in_backend(vault: Vault, name: str, credentials: list[Credential]) -> list[Finding]:
    deadline = Deadline(vault.surroundings.seconds)
    backend = vault.backends.get(name)
    places = {credential.id: vault.backends.place(credential)[1] for credential in credentials}
    health = backend.check(list(dict.fromkeys(places.values())), deadline=deadline)
    findings = [Finding(f"backend {name}", note) for note in health.notes]
    if not health.usable:
        try:
            backend.read_many(list(places.values()), deadline=deadline)
        except BackendError as error:
            return [*findings, Finding(f"backend {name}", str(error), error)]
        return [*findings, *(Finding(f"backend {name}", each, BackendError(each)) for each in health.problems)]
    stored = backend.read_many(list(places.values()), deadline=deadline)
    for credential in credentials:
        contract = vault.settings.contracts[credential.id]
        found = stored.get(places[credential.id])
        secret = ours(found.secret, contract) if found is not None else None
        allowed = [variable for bound in contract for variable in bound.variables]
        try:
            build_environment([Selected(credential, contract, secret)], allow=allowed)
        except OrqoVaultError as error:
            findings.append(Finding(credential.id, str(error), error))
    return findings
