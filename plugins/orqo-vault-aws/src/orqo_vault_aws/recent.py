"""What this process has just written: the service may answer a read after it with what was there before."""

from __future__ import annotations

import time
from threading import Lock

from orqo_vault.backend import Deadline

SETTLED_SECONDS = 5.0
PAUSE_SECONDS = 0.1


class Recent:
    """Remembers, for a few seconds, which version our own write replaced. Holds no value."""

    def __init__(self) -> None:
        self._replaced: dict[str, tuple[set[str | None], float]] = {}
        self._lock = Lock()

    def wrote(self, secret_id: str, replaced: str | None) -> None:
        """Note that a write to the secret replaced that version (None: there was no secret)."""
        now = time.monotonic()
        with self._lock:
            self._replaced = {key: entry for key, entry in self._replaced.items() if entry[1] > now}
            before, _ = self._replaced.get(secret_id, (set(), 0.0))
            self._replaced[secret_id] = ({*before, replaced}, now + SETTLED_SECONDS)

    def deleted(self, secret_id: str) -> None:
        """Forget what was written: absent is now the truth."""
        with self._lock:
            self._replaced.pop(secret_id, None)

    def outdated(self, secret_id: str, version: str | None) -> bool:
        """Tell whether a read that found ``version`` saw the time before our own last writes.

        A read that saw them ends the matter: from then on an old version is somebody else's doing.
        """
        with self._lock:
            replaced, until = self._replaced.get(secret_id, (set(), 0.0))
            if version in replaced and time.monotonic() < until:
                return True
            self._replaced.pop(secret_id, None)
            return False

    def pause(self, deadline: Deadline) -> None:
        """Give the service a moment."""
        deadline.check("waiting for the service to show what was written")
        time.sleep(min(PAUSE_SECONDS, deadline.remaining()))
