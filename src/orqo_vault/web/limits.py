"""How much and how often: the size of a request's body, and how many of a kind are taken in a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BODY_BYTES = 256 * 1024
BODY_SECONDS = 10.0
WRITES_A_MINUTE = 60
BAD_CODES_A_MINUTE = 5
LOCKED_SECONDS = 60.0
MINUTE = 60.0


@dataclass
class Rate:
    """At most ``most`` events a minute; one too many locks for ``locked`` seconds. Safe for several threads."""

    most: int
    locked: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _times: list[float] = field(default_factory=list)
    _locked_until: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> float:
        """Return for how many seconds nothing is taken; 0 when one more is."""
        with self._lock:
            return self._wait(self.clock())

    def count(self) -> float:
        """Count one more and return 0, or how many seconds there are to wait; that one is not counted."""
        with self._lock:
            now = self.clock()
            wait = self._wait(now)
            if not wait:
                self._times.append(now)
                if self.locked and len(self._times) >= self.most:
                    self._locked_until = now + self.locked
            return wait

    def _wait(self, now: float) -> float:
        if now < self._locked_until:
            return self._locked_until - now
        self._times = [each for each in self._times if now - each < MINUTE]
        return self._times[0] + MINUTE - now if len(self._times) >= self.most else 0.0
