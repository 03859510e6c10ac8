"""What a probe is given and what it gives back.

A probe is a function ``probe(subject) -> Answer``; a credential type names its own (``probe = "module:function"``).
It contacts only what the saved declaration names, changes nothing there, and keeps to the subject's deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from orqo_vault.backend import Deadline
from orqo_vault.credential import Credential
from orqo_vault.secret import SecretValue


class Outcome(StrEnum):
    """How a test ended."""

    OK = "ok"
    """The service took the credential."""
    FAILING = "failing"
    """The service was asked and did not take it."""
    REFUSED = "refused"
    """Nothing secret was sent: the way there is not safe, or leads where none may."""
    UNREACHABLE = "unreachable"
    """The service could not be asked, or could not judge; this says nothing about the credential."""
    NOT_TESTABLE = "not_testable"
    """Nothing is declared that could be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The credential under test: its declaration, and the values that a run would get."""

    credential: Credential
    values: Mapping[str, SecretValue] = field(repr=False)
    """Field → value, from the settings, the backend or the type's default; fields without one are left out."""
    secret_fields: frozenset[str]
    deadline: Deadline
    base_dir: Path
    """Relative paths in the declaration start here."""
    may_store: bool = False
    """Whether a value that the service replaces could be stored; when not, nothing may be asked that replaces one."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Where programs and this user's folders are; nothing else of the environment reaches a probe."""

    def plain(self, name: str) -> str:
        """Return the plain text of a field, or end the test because it has none."""
        value = self.values.get(name)
        if not value:
            raise StoppedError(Answer(Outcome.FAILING, f"its field {name} has no value"))
        return value.reveal()

    def destination(self, name: str) -> str:
        """Return a field that says where a secret is sent, or end the test unless it stands in the settings file.

        Who may write to a backend, and not read there, could otherwise have the rest of a secret sent to them.
        """
        declared = self.credential.values.get(name)
        if declared is None:
            reason = f"its {name} stands in the backend only: a secret is sent where the settings file says"
            raise StoppedError(Answer(Outcome.REFUSED, f"{reason}; put it under values:"))
        return declared

    def has(self, name: str) -> bool:
        """Tell whether the field has a value that is not empty."""
        return bool(self.values.get(name))

    def secrets(self) -> list[str]:
        """Return the plain secret values: what nothing that is shown may hold a part of."""
        return [value.reveal() for name, value in self.values.items() if name in self.secret_fields and value]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found out."""

    outcome: Outcome
    reason: str = ""
    """In words for people, scrubbed: no value, no part of one."""
    status: int | None = None
    """The service's own status code, where it has such."""
    rotated: Mapping[str, SecretValue] = field(default_factory=dict, repr=False)
    """Fields that the service replaced while it was asked; what was stored may be void, so they must be stored."""


class StoppedError(Exception):
    """Ends a probe, from anywhere within it, with this answer. It never leaves the room."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


Probe = Callable[[Subject], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """One test of one credential. It holds no value and may be logged and kept."""

    credential: str
    outcome: Outcome
    reason: str = ""
    status: int | None = None
    latency_ms: int | None = None
    tested_at: datetime
    version: str | None = None
    """The version of the secret that was tested, as its backend counts."""
