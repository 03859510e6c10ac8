"""What ``check`` found out about a backend: facts for a person, and one verdict for a program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concern:
    """What stops nothing now and is not as it should be: a clock, a certificate near its end, a file all may read."""

    what: str
    fix: str
    """What to do about it, as a sentence or a command."""
    grave: bool = False
    """Whether secrets are in danger, or reads will soon fail: an error for ``doctor``, where others are warnings."""

    def __str__(self) -> str:
        return f"{self.what} ({self.fix})"


@dataclass(frozen=True, slots=True)
class Health:
    """``problems`` is empty exactly when the backend can be used; ``notes`` and ``concerns`` never stop anything.

    ``absent`` lists the paths that were asked about and hold nothing.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    concerns: tuple[Concern, ...] = ()

    @property
    def usable(self) -> bool:
        return not self.problems
