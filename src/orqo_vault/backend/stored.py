"""What a backend hands back for one reference, and what a writer may expect to find there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from orqo_vault.secret import Secret


class Expected(Enum):
    """What a write may find in place. A version string instead means: exactly that version."""

    ANY = "any"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Lease:
    """A dynamic secret's life: after ``duration`` seconds the backend takes it back unless it is renewed."""

    id: str
    duration: int
    renewable: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A secret as it stands in the backend, with the version a conditional write needs."""

    secret: Secret
    version: str | None
    lease: Lease | None = None
    expires_at: datetime | None = None
