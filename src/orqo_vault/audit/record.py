"""One audit record: who was given which fields, of which version, for what. Names only: no value, no hash of one."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from orqo_vault.errors import AuditError

LONGEST_NOTE = 500
GRANTED = "granted"


class Use(NamedTuple):
    """One credential of a record."""

    credential: str
    fields: tuple[str, ...]
    """The fields that were handed over, under our names; empty where nothing was."""
    mode: str
    backend: str | None
    version: str | None = None
    """What the backend calls the version that was read."""
    lease: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return {
            "id": self.credential,
            "fields": list(self.fields),
            "mode": self.mode,
            "backend": self.backend,
            "version": self.version,
            "lease": self.lease,
        }


class Actor(NamedTuple):
    """Who asked. The system vouches for uid and pid; ``name`` is what the caller says of itself."""

    uid: int
    user: str | None
    pid: int
    host: str
    program: str
    """The base name of the program, never its arguments."""
    name: str | None = None


class AuditRecord(NamedTuple):
    """What is known at the moment before secrets are handed over, or when that was refused."""

    time: str
    """UTC, RFC 3339."""
    event: str
    """What they are read for: ``run``, ``environment``, ``get``, ``read``, ``copy`` or what the caller called it."""
    outcome: str
    """``granted``, else the code of the error."""
    run_id: str | None
    run: str | None
    """The name of the run in the settings file, where it has one."""
    project: str
    """The project's id on this machine."""
    folder: str
    """Where the project's settings file is."""
    organization: str | None
    credentials: tuple[Use, ...]
    actor: Actor
    reason: str | None
    target: str | None
    """Where the secrets go when that is neither a child nor the caller: a backend, a format."""

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain data, ready for JSON; the keys are the ones docs/audit.md lists."""
        return {
            "time": self.time,
            "event": self.event,
            "outcome": self.outcome,
            "run_id": self.run_id,
            "run": self.run,
            "project": self.project,
            "folder": self.folder,
            "organization": self.organization,
            "actor": self.actor._asdict(),
            "credentials": [each.as_dict() for each in self.credentials],
            "target": self.target,
            "reason": self.reason,
        }


def now() -> str:
    """Return the time as records have it."""
    nanoseconds = time.time_ns()
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1000:06}Z"


def note(text: str, what: str) -> str:
    """Return what a person wrote for the record.

    Raises :class:`~orqo_vault.errors.AuditError` for one that is too long, or that could pass for more than one line.
    """
    if len(text) > LONGEST_NOTE:
        raise AuditError(f"the {what} for the audit log is longer than {LONGEST_NOTE} characters")
    if not text.isprintable():
        raise AuditError(f"the {what} for the audit log has a line break or another control character in it")
    return text
