"""The ways a disk refuses, each with the calls that may be refused so, and the hand that refuses the N-th call."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .seam import Counting

CHANGING = frozenset({"create", "mkdir", "rename", "unlink", "fchmod"})
FILLING = frozenset({"create", "write", "fsync", "finish", "rename", "mkdir"})
ANY = CHANGING | FILLING | {"open", "read", "listdir", "stat", "fstat"}


@dataclass(frozen=True)
class Refusal:
    """One way to fail: what is raised, and by which calls."""

    name: str
    error: Callable[[], BaseException]
    calls: frozenset[str]
    readable: bool = False
    """Readers notice nothing of it."""


def _kernel(number: int, calls: frozenset[str], *, readable: bool = False) -> Refusal:
    return Refusal(errno.errorcode[number], lambda: OSError(number, os.strerror(number)), calls, readable)


REFUSALS = (
    _kernel(errno.ENOSPC, FILLING, readable=True),
    _kernel(errno.EIO, ANY),
    _kernel(errno.EROFS, CHANGING, readable=True),
    _kernel(errno.EMFILE, frozenset({"open", "create"})),
    _kernel(errno.EACCES, CHANGING | {"open", "listdir"}),
    _kernel(errno.EDQUOT, FILLING, readable=True),
    _kernel(errno.EINTR, frozenset({"open", "create", "write", "fsync", "listdir"})),
    Refusal("Ctrl-C", KeyboardInterrupt, ANY),
)


@dataclass(frozen=True)
class Case:
    """One refusal at one call: this once, or from then on."""

    refusal: Refusal
    number: int
    lasting: bool

    def __str__(self) -> str:
        return f"{self.refusal.name} {'from' if self.lasting else 'at'} call {self.number}"


class Failing(Counting):
    """Does what the case says."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self._case = case

    def meddle(self, number: int, kind: str) -> None:
        case = self._case
        due = number == case.number or (case.lasting and number > case.number)
        if due and kind in case.refusal.calls:
            raise case.refusal.error()


def cases(kinds: list[str]) -> list[Case]:
    """Return every case for an operation that makes these calls."""
    return [
        Case(refusal, number, lasting)
        for number, kind in enumerate(kinds)
        for refusal in REFUSALS
        if kind in refusal.calls
        for lasting in (False, True)
    ]


def trickling(name: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Write a third and read seven bytes at a time, as network file systems may."""
    if name == "write":
        descriptor, data = arguments
        return call(descriptor, data[: max(1, len(data) // 3)])
    if name == "read":
        descriptor, length = arguments
        return call(descriptor, min(length, 7))
    return None if name == "fsync" else call(*arguments, **more)
