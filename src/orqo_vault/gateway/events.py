"""Server-sent events as they pass: most unread, in as large pieces as they came; those that report usage are read."""

from __future__ import annotations

import json
import re
from typing import Any

from orqo_vault.gateway.adapters.contract import Meter

_ENDS = re.compile(rb"\r?\n\r?\n")
_LINES = re.compile(rb"\r?\n")


class EndlessEventError(Exception):
    """An event has no end."""


class Events:
    """One stream."""

    def __init__(self, meter: Meter, *, most: int) -> None:
        self._meter = meter
        self._most = most
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Return what may be passed on now: whole events only, without those the caller is not to see."""
        held = self._rest + data
        end = max(held.rfind(b"\n\n") + 2 if b"\n\n" in held else 0, _after_last(held, b"\n\r\n"))
        block, self._rest = held[:end], held[end:]
        if len(self._rest) > self._most:
            raise EndlessEventError
        if not self._meter.worth_reading.search(block):
            return block
        return b"".join(event for event in _split(block) if self._shown(event))

    def finish(self) -> bytes:
        """Return what is left at the end of the stream, which has no empty line after it."""
        rest, self._rest = self._rest, b""
        return rest if self._shown(rest) else b""

    def _shown(self, event: bytes) -> bool:
        if not self._meter.worth_reading.search(event):
            return True
        found = _data(event)
        return not isinstance(found, dict) or self._meter.note_event(found)


def _after_last(held: bytes, end: bytes) -> int:
    at = held.rfind(end)
    return at + len(end) if at >= 0 else 0


def _split(block: bytes) -> list[bytes]:
    ends = [found.end() for found in _ENDS.finditer(block)]
    return [block[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _data(event: bytes) -> Any:
    """Return what an event's data lines say, None where it is no JSON."""
    lines = [line[5:].removeprefix(b" ") for line in _LINES.split(event) if line.startswith(b"data:")]
    try:
        return json.loads(b"\n".join(lines))
    except ValueError:
        return None
