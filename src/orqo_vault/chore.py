"""Something to be done from time to time while a run goes on: renew a lease, tell a gateway that we are there."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

NEVER = float("inf")


class Outcome(Enum):
    """What a chore that was done means for the child."""

    GO_ON = "go on"
    SIGNAL = "signal"
    """It gets SIGHUP, which by convention says: what you were given is stale."""
    TERMINATE = "terminate"


class Chore(Protocol):
    """One thing to be done again and again, in a thread of its own; it must neither raise nor wait for long."""

    def due(self) -> float:
        """Return the seconds until it has to be done; :data:`NEVER` when it need not be done any more."""

    def do(self) -> Outcome:
        """Do it."""
