"""What is masked in the output of one run, and how often that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.redaction import Redactor

if TYPE_CHECKING:
    from orqo_vault.redaction import Patterns
    from orqo_vault.run.streams import Streams


class Masking:
    """The patterns of a run's secrets and the streams they are searched in."""

    def __init__(self, patterns: Patterns, streams: Streams) -> None:
        self.patterns = patterns
        self.streams = streams
        self._redactors: list[Redactor] = []

    def redactor(self) -> Redactor:
        """Return a redactor for one more stream."""
        redactor = Redactor(self.patterns)
        self._redactors.append(redactor)
        return redactor

    @property
    def count(self) -> int:
        """How many places were masked so far, in all streams."""
        return sum(each.count for each in self._redactors)
