"""Starts the child of a supervised run, and makes of it what it would have been had it taken our place."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from orqo_vault.run.descriptors import pipe
from orqo_vault.run.execute import NOT_STARTED, CannotStartError, explained, restore_signals
from orqo_vault.run.hardening import Limit, give_back
from orqo_vault.run.signals import Signals

PREPARING, EXECUTING = b"p", b"x"


@dataclass(frozen=True, kw_only=True)
class Start:
    """What to start, and how."""

    command: Sequence[str]
    environment: Mapping[str, str]
    signals: Signals
    core_limit: Limit
    streams: Mapping[int, int] = field(default_factory=dict)
    """Standard stream of the child → our descriptor of it. The others it inherits."""
    pass_fds: Sequence[int] = ()
    own_group: bool = False
    foreground_of: int | None = None
    """The terminal whose keys are to belong to the child's group."""


def spawn(start: Start) -> int:
    """Start it and return its process id, when it has become its program.

    Raises :class:`~orqo_vault.run.execute.CannotStartError` like
    :func:`~orqo_vault.run.execute.replace_process`.
    """
    pid, failure = attempt(start)
    if failure:
        raise why(start.command[0], failure)
    return pid


def attempt(start: Start) -> tuple[int, bytes]:
    """Start it; return the process id, and what :func:`why` explains where it did not become its program."""
    read, write = pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(start, write, parent)
    os.close(write)
    with open(read, "rb") as file:
        failure = file.read()  # ends when the program has taken the child over
    if failure:
        os.waitpid(pid, 0)
    return pid, failure


def why(program: str, failure: bytes) -> CannotStartError:
    """Return the error for what :func:`attempt` says."""
    error = int(failure[1:] or 0)
    if failure.startswith(EXECUTING):
        return explained(program, OSError(error, os.strerror(error)))
    return CannotStartError(f"{program}: cannot be started: {os.strerror(error)}", status=NOT_STARTED)


def die_with(parent: int) -> None:
    """Have the kernel end this process when its parent ends, also when it did already."""
    if sys.platform == "linux":
        from orqo_vault.run.kernel import PR_SET_PDEATHSIG, prctl

        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(NOT_STARTED)


def _become(start: Start, failed: int, parent: int) -> NoReturn:
    stage = PREPARING
    try:
        _prepare(start, parent)
        stage = EXECUTING
        os.execvpe(start.command[0], list(start.command), dict(start.environment))  # noqa: S606  # no shell is the point
    except OSError as error:
        os.write(failed, stage + str(error.errno or 0).encode())
    finally:  # nothing of ours goes on in the child, whatever happened
        os._exit(NOT_STARTED)


def _prepare(start: Start, parent: int) -> None:
    die_with(parent)
    if start.own_group:
        os.setpgid(0, 0)
    if start.foreground_of is not None:
        os.tcsetpgrp(start.foreground_of, os.getpid())
    for stream, descriptor in start.streams.items():
        os.dup2(descriptor, stream)
    for descriptor in start.pass_fds:
        os.set_inheritable(descriptor, True)
    give_back(start.core_limit)
    for number in start.signals.held - {signal.SIGCHLD}:
        signal.signal(number, signal.SIG_DFL)  # what is pending now must find the child as its program will be
    if signal.SIGCHLD in start.signals.ignored:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    restore_signals()
    signal.pthread_sigmask(signal.SIG_SETMASK, start.signals.mask)
