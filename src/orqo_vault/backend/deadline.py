"""One point in time by which a whole operation, with all its retries, must have ended."""

from __future__ import annotations

import time

from orqo_vault.errors import TimedOutError


class Deadline:
    """Counts on the monotonic clock: setting the machine's clock does not move it."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left; 0.0 when there are none."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def check(self, doing: str) -> None:
        """Raise :class:`TimedOutError` saying what was being done if the deadline has passed."""
        if self.passed:
            raise TimedOutError(f"{doing}: not done within {self.seconds:g} s")
