"""The protocol of backends that can say what their server must allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class SupportsPolicy(Protocol):
    """A backend that knows its server's language for permissions."""

    def policy(self, references: Sequence[Any]) -> str:
        """Return the least policy that reads these references, as its server takes it. Asks nobody."""
