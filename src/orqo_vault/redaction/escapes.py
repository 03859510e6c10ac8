"""Terminal escape sequences (ECMA-48: CSI, OSC and their kin): a text without them, and where its bytes stood.

A colour in the middle of a secret does not hide it, and a colour around one stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

ESC = b"\x1b"
# A group matches only in a sequence that is whole. ST, which ends an OSC, passes as a sequence of its own.
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*([@-~])?|[\]PX^_][^\x07\x1b]*(\x07)?|[ -/]+([0-~])?|([0-~]))?")


class Plain:
    """The text of ``data`` without its escape sequences.

    ``begun`` is the beginning of a sequence that was passed on before ``data``, as :meth:`begun_at` gave it.
    """

    def __init__(self, data: bytes, begun: bytes = b"") -> None:
        self._whole = begun + data
        self._offset = len(begun)
        self._sequences: list[tuple[int, int, bool]] = []  # start, end, still open
        self._starts: list[int] = []  # of each run of text, in ``text``
        self._places: list[int] = []  # of each run of text, in ``data``
        parts: list[bytes] = []
        at = size = 0
        for match in _SEQUENCE.finditer(self._whole):
            start, end = match.span()
            self._sequences.append((start, end, match.lastindex is None))
            if start > at:
                parts.append(self._whole[at:start])
                self._starts.append(size)
                self._places.append(at - self._offset)
                size += start - at
            at = end
        if at < len(self._whole):
            parts.append(self._whole[at:])
            self._starts.append(size)
            self._places.append(at - self._offset)
        self.text = b"".join(parts)

    def place(self, index: int) -> int:
        """Return where in ``data`` the byte ``index`` of the text stands; the length of ``data`` for its end."""
        if index == len(self.text):
            return len(self._whole) - self._offset
        run = bisect_right(self._starts, index) - 1
        return self._places[run] + index - self._starts[run]

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where in ``data`` the text from ``start`` to ``end`` stands, without the sequences in it."""
        run = bisect_right(self._starts, start) - 1
        while start < end:
            stop = min(end, self._starts[run + 1] if run + 1 < len(self._starts) else end)
            place = self._places[run] + start - self._starts[run]
            yield place, place + stop - start
            start, run = stop, run + 1

    def begun_at(self, place: int) -> bytes:
        """Return what a later :class:`Plain` has to know when its data begins at ``place``.

        That is the sequence around it; of a long one the middle is left out, which decides nothing.
        """
        at = place + self._offset
        which = bisect_right(self._sequences, (at, 0)) - 1
        if which < 0:
            return b""
        start, end, still_open = self._sequences[which]
        if not start < at < end and not (still_open and at == end == len(self._whole)):
            return b""
        sequence = self._whole[start:at]
        return sequence if len(sequence) <= 3 else sequence[:2] + sequence[-1:]
