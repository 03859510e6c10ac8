"""uvicorn's protocol on h11, with the lines refused that h11 tolerates: folded ones, and those that end in a bare LF.

h11 was chosen over httptools because it is written in Python and strict: it refuses what is not in the grammar, two
lengths that differ, spaces before a colon, and a request in an answer's place. What it lets pass is what RFC 9112
lets a server pass (5.2, 2.2), and what proxies in front disagree about.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from h11._receivebuffer import ReceiveBuffer  # h11 has no public place to see the lines as they were sent
from uvicorn.protocols.http.h11_impl import H11Protocol

_USUAL = 16 * 1024


class StrictLines(ReceiveBuffer):
    """Gives h11 the lines of a head, or of trailers, if they are plain and not too many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def maybe_extract_lines(self) -> list[bytearray] | None:
        before = bytes(self._data)
        lines = super().maybe_extract_lines()
        if lines is None:
            return None
        taken = before[: len(before) - len(self._data)]
        if len(taken) > self._most:  # h11 measures only what is incomplete, and this came in one piece
            raise h11.RemoteProtocolError("the head is too large", error_status_hint=431)
        if taken.count(b"\n") != taken.count(b"\r\n") or taken.count(b"\r") != taken.count(b"\r\n"):
            raise h11.RemoteProtocolError("a line ends in a bare LF or CR")
        if any(line.startswith((b" ", b"\t")) for line in lines):
            raise h11.RemoteProtocolError("a header line is folded")
        return lines


class StrictH11(H11Protocol):
    """One connection. A caller who takes nothing of its answer for too long loses it."""

    _stall_seconds: float

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.conn._receive_buffer = StrictLines(self.config.h11_max_incomplete_event_size or _USUAL)
        self._giving_up: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """More waits for the caller than it should. Closing would wait for the caller too: this ends at once."""
        super().pause_writing()
        self._giving_up = self.loop.call_later(self._stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._keep()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._keep()

    def _keep(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None


def connections(*, stall_seconds: float) -> type[StrictH11]:
    """Return what makes connections with that much patience: uvicorn wants a class."""
    return type("Connection", (StrictH11,), {"_stall_seconds": stall_seconds})
