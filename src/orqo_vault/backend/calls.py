"""The protocol of backends that can say beforehand how many requests a run will cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable


class Calls(NamedTuple):
    """Requests to the backend's server when nothing has to be tried again."""

    login: int
    reads: int
    closing: int
    """To give back what was taken: a token, leases."""


@runtime_checkable
class CountsCalls(Protocol):
    """A backend that knows how it batches and how it logs in."""

    def calls(self, references: Sequence[Any]) -> Calls:
        """Return what reading these references once takes. Asks nobody."""
