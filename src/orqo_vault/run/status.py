"""The status a run ends with: the child's own, also when a signal ended it."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn


class Status(int):
    """0 to 255 as the child said it, 128+N when signal N ended it; ``signal`` tells the two apart."""

    signal: int | None = None


def status_of(waited: int) -> Status:
    """Return the status of an ended child from what ``waitpid`` said."""
    code = os.waitstatus_to_exitcode(waited)
    return Status(code) if code >= 0 else killed_by(-code)


def killed_by(number: int) -> Status:
    """Return the status of a child that this signal ended."""
    status = Status(128 + number)
    status.signal = number
    return status


def leave(status: int) -> NoReturn:
    """End this process as its child ended: by the same signal, else with the same code.

    A shell stops a loop on Ctrl-C, and an engine tells a crash from an exit, only by the signal itself. A process that
    no signal can end (process 1 of a container) exits with 128+N.
    """
    if isinstance(status, Status) and status.signal is not None:
        number = status.signal
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
    sys.exit(int(status))
