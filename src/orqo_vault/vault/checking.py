"""Finds out whether a selection could run now: everything that would stop it, not only the first thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orqo_vault.credential import Credential
from orqo_vault.errors import OrqoVaultError
from orqo_vault.planner import Selection, make_plan, select
from orqo_vault.run.changes import obstacles
from orqo_vault.settings.model import Run
from orqo_vault.vault.vault import Vault

SOON = timedelta(days=14)
"""An end that is nearer than this is noted."""


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


def check(
    vault: Vault, *, only: Iterable[str] | None = None, run: str | None = None, clean_env: bool = False
) -> CheckReport:
    """Check one selection, chosen as :meth:`Vault.prepare` chooses it."""
    selection = select(vault.settings, only=only, run=run)
    findings = _names(vault, selection, clean_env)
    return CheckReport(selection.credentials, tuple(_once([*findings, *_stored(vault, selection.credentials)])))


def check_runs(vault: Vault, *, clean_env: bool = False) -> CheckReport:
    """Check every declared run as a whole, reading each secret once."""
    selections = [select(vault.settings, run=name) for name in vault.settings.runs]
    findings = [found for each in selections for found in _names(vault, each, clean_env)]
    ids = tuple(dict.fromkeys(each for selection in selections for each in selection.credentials))
    return CheckReport(tuple(vault.settings.runs), tuple(_once([*findings, *_stored(vault, ids)])))


def check_all(vault: Vault) -> CheckReport:
    """Check every declared credential on its own, and every declared run as a whole, reading each secret once."""
    ids = tuple(vault.credentials)
    findings = [Finding("settings", warning) for warning in vault.settings.warnings]
    findings += [found for credential_id in ids for found in _alone(vault, credential_id)]
    findings += [found for name in vault.settings.runs for found in _names(vault, select(vault.settings, run=name))]
    return CheckReport(ids, tuple(_once([*findings, *_stored(vault, ids)])))


def _names(vault: Vault, selection: Selection, clean_env: bool = False) -> Iterator[Finding]:
    """Yield what stops the selection as far as names tell: each credential on its own, then all of them together."""
    usable: list[str] = []
    for credential_id in selection.credentials:
        findings = list(_alone(vault, credential_id, selection.run))
        yield from findings
        if all(found.error is None for found in findings):
            usable.append(credential_id)
    subject = f"run {selection.run.name}" if selection.run.name else "selection"
    try:
        usable_ones = Selection(selection.run, tuple(usable))
        plan = make_plan(vault.settings, usable_ones, now=datetime.now(UTC), operator=vault.surroundings.operator)
    except OrqoVaultError as error:
        yield Finding(subject, str(error), error)
        return
    for obstacle in obstacles(vault.surroundings.environ, plan, clean=clean_env):
        yield Finding(subject, str(obstacle), obstacle)


def _alone(vault: Vault, credential_id: str, run: Run | None = None) -> Iterator[Finding]:
    credential, now = vault.credentials[credential_id], datetime.now(UTC)
    # Without a run its names are judged by the runs that have it: one of them may allow a dangerous one.
    names = tuple(name for bound in vault.settings.contracts[credential_id] for name in bound.variables)
    selection = Selection(run or Run(name="", allow_variables=names), (credential_id,))
    try:
        make_plan(vault.settings, selection, now=now, operator=vault.surroundings.operator)
    except OrqoVaultError as error:
        yield Finding(credential_id, str(error), error)
        return
    yield from _ends_soon(credential, now)


def _ends_soon(credential: Credential, now: datetime) -> Iterator[Finding]:
    if credential.enabled and credential.expires_at is not None and credential.expires_at < now + SOON:
        yield Finding(credential.id, f"expires at {credential.expires_at}")


def _stored(vault: Vault, ids: Iterable[str]) -> list[Finding]:
    from orqo_vault.vault.stored_check import check_stored

    return check_stored(vault, [vault.credentials[credential_id] for credential_id in ids])


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what was said before: two runs may stumble over the same credential."""
    said: set[tuple[str, str]] = set()
    for found in findings:
        if (found.subject, found.message) not in said:
            said.add((found.subject, found.message))
            yield found
