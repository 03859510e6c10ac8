"""What a run will be given otherwise than in variables, by name. Only a run that has something of it loads this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A field that will be delivered when it has a value."""

    credential: str
    field: str
    how: str
    """``file``, ``memfd`` or ``agent``."""
    link: str | None
    """A path outside the run's own folder that will lead to it."""
    secret: bool = True
