"""The operating system below the store's one room of I/O, with a hand in between that may note, refuse or kill."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from orqo_vault_file.disk import files

TOUCHING = frozenset(
    {"open", "read", "write", "close", "fsync", "rename", "unlink", "mkdir", "listdir", "stat", "fstat", "fchmod"}
)

Hand = Callable[..., Any]
"""``hand(name, call, *arguments, **more)`` stands in for ``call``, which is ``os.name``."""


class Seam:
    """Stands in for the module ``os``: what does not touch the disk is handed through."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        return functools.partial(self._hand, name, found) if name in TOUCHING else found


@contextmanager
def through(hand: Hand) -> Iterator[None]:
    """Let every call of the store's I/O go through ``hand``."""
    before = files.os
    files.os = Seam(hand)  # type: ignore[assignment]  # it answers as the module does
    try:
        yield
    finally:
        files.os = before


class Counting:
    """Does every call and remembers its kind. Subclasses interfere in :meth:`meddle`.

    Kinds are the names of the calls, and two more: an ``open`` that may make a file is a ``create``, and the
    ``close`` of a file that was written is a ``finish``. Flushes are counted and not done: nobody pulls the plug of
    a real disk here.
    """

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self._written: set[int] = set()

    def meddle(self, number: int, kind: str) -> None:
        """Called before the call with that number, from 0."""

    def __call__(self, name: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        kind = self._kind(name, arguments)
        self.kinds.append(kind)
        try:
            self.meddle(len(self.kinds) - 1, kind)
        except BaseException:
            if name == "close":
                call(*arguments)  # whatever close says, the descriptor is gone
            raise
        return None if name == "fsync" else call(*arguments, **more)

    def _kind(self, name: str, arguments: tuple[Any, ...]) -> str:
        if name == "open":
            return "create" if arguments[1] & os.O_CREAT else name
        if name == "write":
            self._written.add(arguments[0])
        if name == "close" and arguments[0] in self._written:
            self._written.remove(arguments[0])
            return "finish"
        return name
