"""Keeps the lease of a secret alive while its run goes on, and says so in time when that is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from orqo_vault.backend import Backend, Deadline, Lease
from orqo_vault.backend.leases import SupportsLeases
from orqo_vault.errors import BackendUnavailableError, OrqoVaultError
from orqo_vault.run.chores import NEVER, Outcome
from orqo_vault.settings.model import OnLeaseEnd

SECONDS = 10.0
"""How long one renewal may take."""
RENEW_AFTER = 2 / 3
"""Of a lease's time: early enough to try again."""
WORTHLESS = 0.1
"""A renewal that gives less than this part of the first duration is the last: the maximum is reached."""
AT_END: dict[OnLeaseEnd, Outcome] = {
    "warn": Outcome.GO_ON,
    "signal": Outcome.SIGNAL,
    "terminate": Outcome.TERMINATE,
}


class HeldLease(NamedTuple):
    """A lease, whose it is, and when it was taken on the monotonic clock."""

    lease: Lease
    credential: str
    backend: Backend
    taken: float


class Renewal:
    """One lease as a chore. When it cannot be renewed any more it says so, once, and gives the outcome for that."""

    def __init__(self, held: HeldLease, at_end: Outcome, tell: Callable[[str], None]) -> None:
        self._held = held
        self._lease = held.lease
        self._at_end = at_end
        self._tell = tell
        self._over = False
        self._renewed(held.lease, held.taken)

    def due(self) -> float:
        """Return the seconds until it has to be renewed."""
        return NEVER if self._over else self._due - time.monotonic()

    def do(self) -> Outcome:
        """Renew it."""
        backend = self._held.backend
        if not self._lease.renewable or not isinstance(backend, SupportsLeases):
            return self._ended("it is not renewable")
        asked = time.monotonic()
        try:
            lease = backend.renew(self._lease, deadline=Deadline(min(SECONDS, max(1.0, self._left))))
        except BackendUnavailableError as error:
            return self._later(error)
        except OrqoVaultError as error:
            return self._ended(str(error))
        self._renewed(lease, asked)
        if lease.duration <= self._held.lease.duration * WORTHLESS:
            return self._ended("its maximum is reached")
        return Outcome.GO_ON

    @property
    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _renewed(self, lease: Lease, when: float) -> None:
        self._lease = lease
        self._ends = when + lease.duration
        self._due = when + lease.duration * RENEW_AFTER

    def _later(self, error: BackendUnavailableError) -> Outcome:
        """Try again while there is time: a server that restarts is back before the lease ends."""
        if self._left < 1:
            return self._ended(str(error))
        self._due = time.monotonic() + max(0.5, self._left / 3)
        return Outcome.GO_ON

    def _ended(self, reason: str) -> Outcome:
        self._over = True
        self._tell(
            f"orqo-vault: the lease of {self._held.credential} cannot be renewed: {reason}; "
            f"the secret ends in {max(0, round(self._left))} s"
        )
        return self._at_end
