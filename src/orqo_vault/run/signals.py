"""The signals of a supervised run: which are passed on, and a descriptor that says which have come.

They are held back from the moment this is made, which is before the child exists: what comes early is not lost.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from orqo_vault.run.descriptors import above_standard, pipe

FORWARDED = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGWINCH,
    signal.SIGCONT,
    signal.SIGTSTP,
)
"""Passed on to the child. SIGCHLD, SIGURG, SIGPIPE and what reports our own faults never are."""
HELD = (*FORWARDED, signal.SIGCHLD, signal.SIGTTIN, signal.SIGTTOU)

SI_KERNEL = 0x80


class Caught(NamedTuple):
    """A signal that came. ``by_terminal`` is None where the system does not say who sent it."""

    number: int
    by_terminal: bool | None


class Signals:
    """Holds the signals back while it is open; what was ignored before stays ignored, for us and for the child."""

    def __init__(self) -> None:
        self.ignored = frozenset(each for each in HELD if signal.getsignal(each) is signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, it would take the child's status away
        self.held = frozenset(HELD) - self.ignored | {signal.SIGCHLD}
        self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, self.held)
        self._source: _Source = _Descriptor(self.held) if sys.platform == "linux" else _Wakeup(self)
        self.descriptor = self._source.descriptor

    def caught(self) -> list[Caught]:
        """Return what has come since the last time."""
        return self._source.caught()

    def release(self) -> None:
        """Let signals act as they did before; what came and was not asked for is dropped."""
        self._source.close()
        while signal.sigpending() & self.held:
            signal.sigwait(signal.sigpending() & self.held)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class _Source(Protocol):
    descriptor: int

    def caught(self) -> list[Caught]: ...

    def close(self) -> None: ...


class _Descriptor:
    """signalfd: it knows whether a person at the terminal or a program sent the signal."""

    def __init__(self, held: frozenset[signal.Signals]) -> None:
        from orqo_vault.run.kernel import signalfd

        self.descriptor = above_standard(signalfd(held))

    def caught(self) -> list[Caught]:
        from orqo_vault.run.kernel import RECORD, RECORD_BYTES

        found: list[Caught] = []
        with suppress(BlockingIOError):
            while record := os.read(self.descriptor, RECORD_BYTES):
                number, _, code, _ = RECORD.unpack_from(record)
                found.append(Caught(number, code == SI_KERNEL))
        return found

    def close(self) -> None:
        os.close(self.descriptor)


class _Wakeup:
    """A pipe that the interpreter writes the numbers to, for systems without signalfd."""

    def __init__(self, signals: Signals) -> None:
        self.descriptor, self._write = pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._write, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._handlers = {each: signal.signal(each, _noted) for each in signals.held}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals.held)

    def caught(self) -> list[Caught]:
        with suppress(BlockingIOError):
            return [Caught(number, None) for number in os.read(self.descriptor, 4096)]
        return []

    def close(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, self._handlers)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self.descriptor)
        os.close(self._write)


def _noted(number: int, frame: object) -> None:
    """Do nothing: the number is in the pipe already."""
