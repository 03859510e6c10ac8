"""The calls of Linux that Python has no name for: prctl and signalfd. Nobody else has them, and nobody else asks."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4

SFD_NONBLOCK = os.O_NONBLOCK
SFD_CLOEXEC = os.O_CLOEXEC
SIGSET_BYTES = 128
RECORD = struct.Struct("IiiI")  # the start of struct signalfd_siginfo: signal, errno, code, sender
RECORD_BYTES = 128

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process. Raises :class:`OSError`."""
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        _raise()


def signalfd(numbers: Iterable[int]) -> int:
    """Return a descriptor from which these signals, which must be blocked, are read. Raises :class:`OSError`."""
    bits = sum(1 << (number - 1) for number in numbers)
    wanted = bits.to_bytes(SIGSET_BYTES, "little")
    descriptor: int = _libc.signalfd(-1, ctypes.c_char_p(wanted), SFD_NONBLOCK | SFD_CLOEXEC)
    if descriptor < 0:
        _raise()
    return descriptor


def _raise() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
