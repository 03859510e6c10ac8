"""Whether the child shares our process group, and how we stop together with it.

With a controlling terminal it does: the terminal reaches all of the job at once, a pipeline's neighbours too. Without
one it leads a group of its own, so that what we pass on reaches what it has started.
"""

from __future__ import annotations

import os
import signal

from orqo_vault.run.descriptors import above_standard

STOPS = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
"""What job control stops a program with. SIGSTOP is somebody's own business with the child."""
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGWINCH)


def controlling_terminal() -> int | None:
    """Return a descriptor of this session's terminal, None where it has none."""
    try:
        return above_standard(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return None


def in_foreground(terminal: int) -> bool:
    """Tell whether our job is the one that the terminal's keys belong to."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # it hung up
        return False


def stop(*, whole_job: bool) -> bool:
    """Stop until somebody continues us, and return whether somebody did.

    Returns at once where the kernel sees nobody who could: in an orphaned group. ``whole_job`` stops our process group,
    where the terminal has not done that itself.
    """
    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    if whole_job:
        os.killpg(os.getpgrp(), signal.SIGTSTP)
    else:
        os.kill(os.getpid(), signal.SIGTSTP)
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})  # here we stop, and here we go on
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    signal.signal(signal.SIGTSTP, before)
    return signal.SIGCONT in signal.sigpending()
