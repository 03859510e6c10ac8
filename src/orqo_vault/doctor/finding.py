"""What an examination found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orqo_vault.errors import OrqoVaultError

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """An ``error`` endangers secrets or stops runs, a ``warning`` may soon."""

    severity: Severity
    what: str
    where: str
    """A file, a folder, a backend."""
    fix: str
    """What to do about it: a command, or a sentence."""


def of_error(error: OrqoVaultError, where: str, fix: str) -> Finding:
    """Return an error as a finding; its own place and hint win over ``where`` and ``fix``."""
    place = str(error.location) if error.location is not None else where
    return Finding("error", error.message, place, error.hint or fix)
