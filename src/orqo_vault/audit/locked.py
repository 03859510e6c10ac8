"""Opens the growing file of a log, alone with it: others wait, and what was renamed meanwhile is let go."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orqo_vault.audit.head import make_folder
from orqo_vault.errors import AuditError

PATIENCE = 10.0
"""Seconds to wait for the others; a writer holds the lock for less than a millisecond, or for one fsync."""
_PAUSE = 0.001
# Not through a symlink, and no waiting for a FIFO's reader: what stands there must be a file of ours.
_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@contextmanager
def locked_log(log: Path) -> Iterator[int]:
    """Open the log for appending, made when it is not there, and hold its lock."""
    descriptor = _taken(log, os.O_RDWR | os.O_APPEND | os.O_CREAT, fcntl.LOCK_EX)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def quiet_log(log: Path) -> Iterator[None]:
    """Keep the log as it is while it is looked at; one that is not there yet needs no keeping."""
    try:
        descriptor = _taken(log, os.O_RDONLY, fcntl.LOCK_SH)
    except FileNotFoundError:
        yield
        return
    try:
        yield
    finally:
        os.close(descriptor)


def _taken(log: Path, flags: int, lock: int) -> int:
    until = time.monotonic() + PATIENCE
    while True:
        descriptor = _opened(log, flags)
        try:
            _wait(descriptor, lock, until, log)
            if _is_still(log, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _opened(log: Path, flags: int) -> int:
    try:
        descriptor = os.open(log, flags | _SAFELY, 0o600)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
        make_folder(log.parent)
        descriptor = os.open(log, flags | _SAFELY, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise AuditError(f"{log} is not a regular file")
    return descriptor


def _wait(descriptor: int, lock: int, until: float, log: Path) -> None:
    while True:
        try:
            fcntl.flock(descriptor, lock | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise AuditError(
                    f"{log} is locked by another process for more than {PATIENCE:g} s",
                    hint="fuser on the file shows which one; a stopped process keeps its lock",
                ) from None
            time.sleep(_PAUSE)
        else:
            return


def _is_still(log: Path, descriptor: int) -> bool:
    """Tell whether the file that was opened is the one of that name: another process may have put it aside."""
    try:
        found = os.stat(log, follow_symlinks=False)
    except FileNotFoundError:
        return False
    opened = os.fstat(descriptor)
    return (found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)
