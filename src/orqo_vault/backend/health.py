"""What ``check`` found out about a backend: facts for a person, and one verdict for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from orqo_vault.errors import BackendError, OrqoVaultError


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
    errors: tuple[OrqoVaultError, ...] = ()
    """The problems as they were met, with their classes and hints."""

    @classmethod
    def failed(
        cls,
        errors: Sequence[OrqoVaultError],
        *,
        notes: tuple[str, ...] = (),
        absent: tuple[str, ...] = (),
        concerns: tuple[Concern, ...] = (),
    ) -> Self:
        """Return what is so when these errors were met; without one, the backend is usable."""
        said = {f"{error} ({error.hint})" if error.hint else str(error): error for error in errors}
        return cls(tuple(said), notes, absent, concerns, tuple(said.values()))

    @property
    def causes(self) -> tuple[OrqoVaultError, ...]:
        """The problems as errors, whichever way the backend has said them."""
        return self.errors or tuple(BackendError(problem) for problem in self.problems)

    @property
    def usable(self) -> bool:
        return not self.problems
