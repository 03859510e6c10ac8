"""One writer at a time: an advisory lock on a file that is never removed, waited for until the deadline."""

from __future__ import annotations

import fcntl
import os
import time
from types import TracebackType
from typing import TYPE_CHECKING

from orqo_vault_file.disk.failures import failure
from orqo_vault_file.disk.files import Folder

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline

LOCK = ".lock"
_PAUSE = 0.005


class Lock:
    """Holds the lock of a folder between ``with`` and its end. Works between processes and between threads."""

    __slots__ = ("_deadline", "_fd", "_folder")

    def __init__(self, folder: Folder, deadline: Deadline) -> None:
        self._folder = folder
        self._deadline = deadline
        self._fd = -1

    def __enter__(self) -> None:
        while True:
            fd = self._folder.open_lock(LOCK)
            try:
                self._wait(fd)
                held = self._folder.is_still(LOCK, fd)
            except BaseException:
                os.close(fd)
                raise
            if held:
                self._fd = fd
                return
            os.close(fd)  # somebody cleaned the folder: what we hold is not what the next one will ask for

    def _wait(self, fd: int) -> None:
        while True:
            self._deadline.check(f"waiting for another writer of {self._folder.shown}")
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                pass
            except OSError as error:
                raise failure(error, f"cannot lock {self._folder.shown}") from None
            time.sleep(_PAUSE)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
