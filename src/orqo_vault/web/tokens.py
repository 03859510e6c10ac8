"""One-time login codes and session tokens. Kept are their SHA-256 digests only, in this process only."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

CODE_BYTES = 16
TOKEN_BYTES = 32
CODE_SECONDS = 60.0
IDLE_SECONDS = 15 * 60.0
ABSOLUTE_SECONDS = 8 * 3600.0
MOST_SESSIONS = 64


@dataclass(slots=True)
class _Session:
    began: float
    used: float


class Codes:
    """Login codes: each is good for one minute and one login. Safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def new(self) -> str:
        """Return a new code: 128 random bits, fit for the fragment of a URL."""
        code = secrets.token_urlsafe(CODE_BYTES)
        with self._lock:
            self._drop_ended()
            self._ends[_digest(code)] = self._clock() + CODE_SECONDS
        return code

    def take(self, code: str) -> bool:
        """Tell whether the code is good; from then on it is not."""
        with self._lock:
            self._drop_ended()
            return self._ends.pop(_digest(code), None) is not None

    def _drop_ended(self) -> None:
        now = self._clock()
        self._ends = {digest: end for digest, end in self._ends.items() if now < end}


class Sessions:
    """Sessions that end when they are idle, after a working day, or at logout. Safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: dict[bytes, _Session] = {}
        self._lock = threading.Lock()

    def begin(self) -> str:
        """Return the token of a new session: 256 random bits. Of too many the one that is idle longest ends."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        with self._lock:
            self._drop_ended(now)
            if len(self._sessions) >= MOST_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda each: self._sessions[each].used)]
            self._sessions[_digest(token)] = _Session(now, now)
        return token

    def use(self, token: str) -> bool:
        """Tell whether the session goes on; asking keeps it from being idle."""
        now = self._clock()
        with self._lock:
            self._drop_ended(now)
            session = self._sessions.get(_digest(token))
            if session is None:
                return False
            session.used = now
            return True

    def end(self, token: str) -> None:
        """End the session."""
        with self._lock:
            self._sessions.pop(_digest(token), None)

    def _drop_ended(self, now: float) -> None:
        self._sessions = {
            digest: each
            for digest, each in self._sessions.items()
            if now - each.used < IDLE_SECONDS and now - each.began < ABSOLUTE_SECONDS
        }


def _digest(text: str) -> bytes:
    # Looked up by digest: how long that takes says nothing about how much of a guess was right.
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
