"""Between the provider's pace and the caller's: a few pieces wait here, and a caller who left holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_WAITING = 16
"""Pieces. A caller who reads slowly slows the provider down, as it would without us."""


class Passage:
    """One stream from a provider to a caller."""

    def __init__(self, *, drain_seconds: float) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING)
        self._drain_seconds = drain_seconds
        self._gone = False
        self._reading: asyncio.Timeout | None = None

    async def put(self, piece: bytes) -> None:
        """Pass a piece on, when the caller takes it; to nowhere, once it has gone."""
        if piece:
            await self._put(piece)

    async def end(self) -> None:
        """Say that nothing more comes."""
        await self._put(None)

    def leave(self) -> None:
        """The caller has gone: what waits is dropped, and what still comes is read for a while and dropped."""
        if self._gone:
            return
        self._gone = True
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)  # whoever waits for a piece finds out
        if self._reading is not None:
            self._drain_no_longer_than(self._reading)

    @asynccontextmanager
    async def draining(self) -> AsyncIterator[None]:
        """Read in this block: it ends with TimeoutError when the caller has been gone for too long."""
        try:
            async with asyncio.timeout(None) as self._reading:
                if self._gone:
                    self._drain_no_longer_than(self._reading)
                yield
        finally:
            self._reading = None

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give what comes through. Whoever stops asking has gone."""
        try:
            while (piece := await self._pieces.get()) is not None:
                yield piece
        finally:
            self.leave()

    async def _put(self, piece: bytes | None) -> None:
        if not self._gone:
            await self._pieces.put(piece)

    def _drain_no_longer_than(self, reading: asyncio.Timeout) -> None:
        reading.reschedule(asyncio.get_running_loop().time() + self._drain_seconds)
