"""A child on a terminal of its own: it needs a session, and a leader of that session that stays when the child stops.

The leader is a process between us and the child. Without it the kernel would see nobody who could continue the child,
and let Ctrl-Z do nothing.
"""

from __future__ import annotations

import fcntl
import os
import signal
import termios
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

from orqo_vault.run.child import Child
from orqo_vault.run.descriptors import pipe
from orqo_vault.run.spawn import Start, attempt, die_with, why

STARTED, FAILED, CHANGED = b"started", b"failed", b"changed"
LEADER_LOST = signal.SIGKILL
"""As ``waitpid`` would say it: with its session's leader the child loses its terminal, and with that its life."""


class ChildOfLeader(Child):
    """The child, as its session's leader tells of it."""

    descriptor: int

    def __init__(self, leader: int, pid: int, news: int, stay: int) -> None:
        super().__init__(pid, leads_group=True)
        os.set_blocking(news, False)
        self.descriptor = news
        self._leader = leader
        self._stay = stay

    def news(self) -> Iterator[int]:
        """Yield what the leader saw."""
        self._bury_orphans()
        with suppress(BlockingIOError):
            said = os.read(self.descriptor, 4096)
            for line in said.splitlines():
                yield int(line.removeprefix(CHANGED))
            if not said:
                yield LEADER_LOST

    def close(self) -> None:
        """Let the leader go: it stayed so that nobody else got the child's number."""
        os.close(self._stay)
        with suppress(ChildProcessError):
            os.waitpid(self._leader, 0)
        os.close(self.descriptor)

    def _bury_orphans(self) -> None:
        if os.getpid() == 1:
            for _ in super().news():
                pass


def start_session(start: Start, inner: int) -> Child:
    """Start the child in the foreground of the terminal ``inner``. Raises like :func:`~orqo_vault.run.spawn.spawn`."""
    read, write = pipe()
    until, stay = pipe()
    parent = os.getpid()
    leader = os.fork()
    if leader == 0:
        try:
            _lead(replace(start, own_group=True, foreground_of=inner), (write, until), parent)
        finally:
            os._exit(1)
    os.close(write)
    os.close(until)
    word, _, rest = os.read(read, 4096).strip().partition(b" ")
    if word == STARTED:
        return ChildOfLeader(leader, int(rest), read, stay)
    os.close(read)
    os.close(stay)
    os.waitpid(leader, 0)
    raise why(start.command[0], rest)


def _lead(start: Start, ends: tuple[int, int], parent: int) -> NoReturn:
    tell, until = ends
    die_with(parent)
    _close_all_but({*ends, *start.streams.values(), *start.pass_fds})
    os.setsid()
    assert start.foreground_of is not None
    fcntl.ioctl(start.foreground_of, termios.TIOCSCTTY, 0)
    pid, failure = attempt(start)
    os.write(tell, FAILED + b" " + failure if failure else STARTED + b" %d\n" % pid)
    # Held open here, the child's ends would keep readers waiting that only wait for the child.
    _close_all_but(set(ends))
    while not failure:
        _, waited = os.waitpid(pid, os.WUNTRACED)
        os.write(tell, CHANGED + b" %d\n" % waited)
        if not os.WIFSTOPPED(waited):
            break
    os.read(until, 1)  # nobody writes: it ends when we are let go
    os._exit(0)


def _close_all_but(kept: set[int]) -> None:
    """Close what no program would inherit: the supervisor's own descriptors."""
    for name in os.listdir("/dev/fd"):
        descriptor = int(name)
        with suppress(OSError):  # the one that listed them
            if descriptor not in kept and not os.get_inheritable(descriptor):
                os.close(descriptor)
