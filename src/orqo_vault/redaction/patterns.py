"""The forms of a run's secrets, made searchable once: where they stand in a text, and where one may be beginning.

Only the first bytes of each form, its stem, go into the automaton; what follows a stem is compared. So a private
key costs no more to prepare than a token, and a form that has only begun when the text ends is found the same way
as one that is whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from ahocorasick_rs import BytesAhoCorasick, Implementation

from orqo_vault.redaction.forms import forms
from orqo_vault.secret import SecretValue

STEM = 16
"""Bytes: more than the prefixes that vendors give all their tokens, so that another token is seldom a candidate."""
MANY = 1000
"""Stems. The DFA is four times as fast as the NFA; at this number it takes 10 ms and 4 MB to make."""


class Found(NamedTuple):
    """What a search found in a text."""

    spans: list[tuple[int, int]]
    """Where forms stand, in no order; they may overlap."""
    live: int
    """From here on the text may be the beginning of a form; the length of the text when it is not."""


class Patterns:
    """Immutable, silent, and safe to share between streams and threads. Made by :func:`patterns`."""

    __slots__ = ("_automaton", "_forms", "_stems", "too_short")

    def __init__(self, found: Iterable[bytes], too_short: int = 0) -> None:
        by_stem: dict[bytes, list[bytes]] = {}
        for form in found:
            by_stem.setdefault(form[:STEM], []).append(form)
        self.too_short = too_short
        """How many values are not masked because they are shorter than six characters."""
        self._stems = sorted(by_stem)
        self._forms = [tuple(by_stem[stem]) for stem in self._stems]
        self._automaton = BytesAhoCorasick(
            self._stems, implementation=Implementation.DFA if len(self._stems) <= MANY else None
        )

    def __bool__(self) -> bool:
        """Tell whether there is anything to mask."""
        return bool(self._stems)

    def search(self, text: bytes) -> Found:
        """Return every place where a form stands, and the first from which one may have begun."""
        size = len(text)
        live = self._begun(text)
        spans = []
        for stem, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for form in self._forms[stem]:
                end = start + len(form)
                if end <= size:
                    if text.startswith(form, start):
                        spans.append((start, end))
                elif start < live and form.startswith(text[start:]):
                    live = start
        return Found(spans, live)

    def _begun(self, text: bytes) -> int:
        """Return where a suffix shorter than a stem begins that is the beginning of one."""
        size = len(text)
        for start in range(max(0, size - STEM + 1), size):
            suffix = text[start:]
            next_one = bisect_right(self._stems, suffix)
            if next_one < len(self._stems) and self._stems[next_one].startswith(suffix):
                return start
        return size

    def __repr__(self) -> str:
        return f"Patterns({sum(map(len, self._forms))} forms)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("patterns hold secrets and cannot be pickled or copied into another process")


def patterns(values: Iterable[SecretValue]) -> Patterns:
    """Return what masks these values in every covered form (docs/redaction.md lists them). Empty ones are skipped."""
    found: set[bytes] = set()
    too_short = 0
    for value in values:
        if value:
            made = forms(value.reveal())
            too_short += not made
            found |= made
    return Patterns(found, too_short)
