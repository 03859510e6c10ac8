"""An operating system whose N-th call of a kind fails: put in the place of ``files.os``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

CALLS = ("open", "write", "fsync", "rename", "unlink", "mkdir", "listdir", "stat", "fstat", "read", "fchmod")


class FailingOs:
    """Hands everything through to ``os`` and notes it; call number ``nth`` of those in ``calls`` raises."""

    def __init__(self, nth: int | None = None, number: int = 0, calls: tuple[str, ...] = CALLS) -> None:
        self.nth = nth
        self.number = number
        self.calls = calls
        self.count = 0
        self.done: list[tuple[str, Any]] = []

    @property
    def reached(self) -> bool:
        return self.nth is not None and self.count > self.nth

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        return self._noted(name, found) if name in self.calls else found

    def _noted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **more: Any) -> Any:
            at = self.count
            self.count += 1
            if at == self.nth:
                raise OSError(self.number, os.strerror(self.number))
            self.done.append((name, arguments))
            return call(*arguments, **more)

        return noted
