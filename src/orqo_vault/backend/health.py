"""What ``check`` found out about a backend: facts for a person, and one verdict for a program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """``problems`` is empty exactly when the backend can be used; ``notes`` never stop anything.

    ``absent`` lists the paths that were asked about and hold nothing.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return not self.problems
