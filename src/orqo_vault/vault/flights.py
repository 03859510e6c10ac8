"""One read for all who ask at the same time: an engine that starts fifty runs at once asks a backend once.

Nothing is kept: whoever asks after an answer has come makes a new request. A write through this vault starts a new
generation, so that nobody who asks after it joins a read that began before it. Leased secrets are lent to one run
each and never shared.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import copy
from typing import Any

from orqo_vault.backend import Deadline, Stored
from orqo_vault.errors import OrqoVaultError, TimedOutError

Answer = dict[Any, Stored]


class _Flight:
    def __init__(self) -> None:
        self.landed = threading.Event()
        self.answer: Answer | None = None
        self.failure: OrqoVaultError | None = None


class Flights:
    """The reads that are under way, by backend and references."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Any, _Flight] = {}
        self._generation = 0

    def read(self, backend: str, references: list[Any], ask: Callable[[], Answer], deadline: Deadline) -> Answer:
        """Return what ``ask`` answers, or what somebody's equal request that is under way will answer."""
        with self._lock:
            key = (self._generation, backend, frozenset(references))
            flight = self._under_way.get(key)
            if flight is None:
                mine = self._under_way[key] = _Flight()
        if flight is None:
            return self._fly(key, mine, ask)
        if not flight.landed.wait(deadline.remaining()):
            raise TimedOutError(f"backend {backend!r}: no answer within {deadline.seconds:g} s")
        if flight.failure is not None:
            raise copy(flight.failure)  # one each: a traceback grows where its error is raised
        if flight.answer is None or any(stored.lease for stored in flight.answer.values()):
            return ask()
        return flight.answer

    def forget(self) -> None:
        """Let nobody who asks from now on join a read that began before."""
        with self._lock:
            self._generation += 1

    def _fly(self, key: Any, flight: _Flight, ask: Callable[[], Answer]) -> Answer:
        try:
            flight.answer = ask()
        except OrqoVaultError as error:
            flight.failure = error
            raise
        finally:
            with self._lock:
                del self._under_way[key]
            flight.landed.set()
        return flight.answer
