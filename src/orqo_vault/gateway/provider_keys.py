"""The platform's keys, held by this process only: read at start, and again when a provider refuses one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

from orqo_vault.redaction import Patterns, Redactor, patterns
from orqo_vault.secret import SecretValue

ReadKey = Callable[[str], SecretValue]
"""Provider → its key, from the operator's backend."""

_REREAD_SECONDS = 5.0
"""A provider that refuses every key must not make us ask the backend for each request."""


class ProviderKeys:
    """Provider → key."""

    def __init__(self, read: ReadKey, providers: Iterable[str]) -> None:
        self._read = read
        self._keys = {name: read(name) for name in providers}
        self._read_at: dict[str, float] = {}

    def get(self, provider: str) -> SecretValue:
        return self._keys[provider]

    async def again(self, provider: str, refused: SecretValue) -> bool:
        """Read a key that was refused once more, and tell whether there is another one now."""
        if self._keys[provider] != refused:
            return True
        now = time.monotonic()
        if now - self._read_at.get(provider, -_REREAD_SECONDS) < _REREAD_SECONDS:
            return False
        self._read_at[provider] = now
        self._keys[provider] = await asyncio.to_thread(self._read, provider)
        return self._keys[provider] != refused

    def is_in(self, data: bytes) -> bool:
        """Tell whether one of the keys stands in ``data``, in any form that redaction knows."""
        redactor = Redactor(self._patterns())
        redactor.feed(data)
        redactor.finish()
        return redactor.count > 0

    def _patterns(self) -> Patterns:
        return patterns(self._keys.values())
