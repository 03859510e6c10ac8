"""Descriptors of the supervisor's own: never 0, 1 or 2, which the child is about to get, and never inherited."""

from __future__ import annotations

import fcntl
import os


def above_standard(descriptor: int) -> int:
    """Return the descriptor, or a copy of it where it took the number of a standard stream that was closed."""
    if descriptor > 2:
        return descriptor
    copy: int = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return copy


def pipe() -> tuple[int, int]:
    """Return the reading and the writing end of a new pipe."""
    read, write = os.pipe()
    return above_standard(read), above_standard(write)
