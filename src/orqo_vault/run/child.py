"""The child as the supervisor sees it: what it is sent, and what has become of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress


class Child:
    """A process that this one started. As process 1 we bury everybody else's too."""

    descriptor: int | None = None
    """Readable when there may be news that no SIGCHLD tells of."""

    def __init__(self, pid: int, *, leads_group: bool) -> None:
        self.pid = pid
        self._leads_group = leads_group
        self._whom = -1 if os.getpid() == 1 else pid

    def send(self, number: int) -> None:
        """Send a signal: to its whole group where the child leads one."""
        # It has ended, or became somebody else's (sudo): the sender would have been told so, and nobody asks us.
        with suppress(ProcessLookupError, PermissionError):
            if self._leads_group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)

    def go_on(self) -> None:
        """Continue it after a stop."""
        self.send(signal.SIGCONT)

    def news(self) -> Iterator[int]:
        """Yield what ``waitpid`` says of the child, a stop or its end, as far as something happened."""
        with suppress(ChildProcessError):
            while True:
                pid, waited = os.waitpid(self._whom, os.WNOHANG | os.WUNTRACED)
                if pid == 0:
                    return
                if pid == self.pid:
                    yield waited
                    if not os.WIFSTOPPED(waited):
                        return

    def close(self) -> None:
        """Let go of it."""
