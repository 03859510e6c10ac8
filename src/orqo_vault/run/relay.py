"""Passes one stream of the child on, masked, without ever waiting for the one who reads it."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from typing import Protocol

from orqo_vault.run.waiting import readable

CHUNK = 64 * 1024
FULL = 256 * 1024
"""So much may wait for a slow reader; then the child waits too, as it would have without us."""
LAST = 1024 * 1024
"""What is read at most after the child has ended: more than a pipe holds. Who still writes then is not the child."""


class Filter(Protocol):
    """What the bytes go through: a :class:`~orqo_vault.redaction.Redactor`, or nothing."""

    def feed(self, data: bytes) -> bytes: ...

    def idle(self) -> bytes: ...

    def finish(self) -> bytes: ...


class Relay:
    """From ``source``, which is ours and is closed at its end, to ``target``, which is not."""

    def __init__(self, source: int, target: int, through: Filter) -> None:
        os.set_blocking(source, False)
        self.source: int | None = source
        self.target = target
        self._through = through
        self._waiting = bytearray()
        self.awaits_more = False
        """Something was read, and :meth:`idle` was not called since."""

    @property
    def wants_to_read(self) -> bool:
        return self.source is not None and len(self._waiting) < FULL

    @property
    def wants_to_write(self) -> bool:
        return bool(self._waiting)

    def read(self) -> int:
        """Take what is there and return how much it was; nothing means the end."""
        assert self.source is not None
        try:
            data = os.read(self.source, CHUNK)
        except BlockingIOError:
            return 0
        except OSError:  # the other side of a terminal closed
            data = b""
        if data:
            self._waiting += self._through.feed(data)
            self.awaits_more = True
        else:
            self._end()
        return len(data)

    def idle(self) -> None:
        """Nothing has followed for a moment: what was held back only in case of more goes on."""
        self._waiting += self._through.idle()
        self.awaits_more = False

    def write(self) -> None:
        """Pass on as much as can be without waiting. A reader that left is the child's to notice: its pipe closes."""
        try:
            written = os.write(self.target, self._waiting[: select.PIPE_BUF])
        except BlockingIOError:
            return
        except OSError:  # EPIPE, EIO
            self._waiting.clear()
            self._close()
            return
        del self._waiting[:written]

    def take_the_rest(self) -> None:
        """Read what the child wrote before it ended; a process it left behind is not waited for."""
        left = LAST
        while self.source is not None and left > 0 and readable(self.source):
            left -= max(1, self.read())
        self._end()

    def give_up(self) -> None:
        """Pass nothing on any more."""
        self._waiting.clear()
        self._close()

    def _end(self) -> None:
        if self.source is not None:
            self._waiting += self._through.finish()
            self._close()

    def _close(self) -> None:
        if self.source is not None:
            descriptor, self.source = self.source, None
            self.awaits_more = False
            with suppress(OSError):
                os.close(descriptor)
