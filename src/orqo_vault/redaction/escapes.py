"""Terminal escape sequences (ECMA-48: CSI, OSC and their kin): a text without them, and where its bytes stood.

A colour in the middle of a secret does not hide it, and a colour around one stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from operator import sub

ESC = b"\x1b"
# A group matches only in a sequence that is whole. ST, which ends an OSC, passes as a sequence of its own.
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*([@-~])?|[\]PX^_][^\x07\x1b]*(\x07)?|[ -/]+([0-~])?|([0-~]))?")


class Plain:
    """The text of ``data`` without its escape sequences.

    ``begun`` is the beginning of a sequence that was passed on before ``data``, as :meth:`begun_at` gave it.
    No sequence holds a second ESC, so the last ESC before a place begins the last sequence before it.
    """

    def __init__(self, data: bytes, begun: bytes = b"") -> None:
        self._whole = begun + data
        self._offset = len(begun)
        self.text = _SEQUENCE.sub(b"", self._whole)

    def place(self, index: int) -> int:
        """Return where in ``data`` the byte ``index`` of the text stands; the length of ``data`` for its end."""
        left, end = len(self.text) - index, len(self._whole)
        while left:
            escape = self._whole.rfind(ESC, 0, end)
            start = self._sequence(escape).end() if escape >= 0 else 0
            if end - start >= left:
                return end - left - self._offset
            left, end = left - (end - start), escape
        return end - self._offset

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where in ``data`` the text from ``start`` to ``end`` stands, without the sequences in it."""
        run = bisect_right(self._starts, start) - 1
        while start < end:
            stop = min(end, self._starts[run + 1])
            if stop > start:
                place = self._places[run] + start - self._starts[run]
                yield place, place + stop - start
            start, run = stop, run + 1

    def begun_at(self, place: int) -> bytes:
        """Return what a later :class:`Plain` has to know when its data begins at ``place``.

        That is the sequence around it; of a long one the middle is left out, which decides nothing.
        """
        at = place + self._offset
        escape = self._whole.rfind(ESC, 0, at)
        if escape < 0:
            return b""
        sequence = self._sequence(escape)
        cut = at < sequence.end()
        unfinished = sequence.lastindex is None and at == sequence.end() == len(self._whole)
        if not (cut or unfinished):
            return b""
        before = self._whole[escape:at]
        return before if len(before) <= 3 else before[:2] + before[-1:]

    def _sequence(self, escape: int) -> re.Match[bytes]:
        found = _SEQUENCE.match(self._whole, escape)
        assert found is not None  # an ESC alone is a sequence
        return found

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [match.span() for match in _SEQUENCE.finditer(self._whole)]

    @cached_property
    def _places(self) -> list[int]:
        """Where in ``data`` each run of text begins; runs may be empty."""
        return [-self._offset, *(end - self._offset for _, end in self._spans)]

    @cached_property
    def _starts(self) -> list[int]:
        """Where in ``text`` each run of text begins, and the end of the last."""
        stops = [start - self._offset for start, _ in self._spans]
        stops.append(len(self._whole) - self._offset)
        return [0, *accumulate(map(sub, stops, self._places))]
