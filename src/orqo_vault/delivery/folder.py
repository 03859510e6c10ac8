"""The private folder of one run: its name says whose it is, and its lock that this process still lives.

``orqo-vault.<pid>.<start time>.<run id>``. The lock is there for a process in another container, whose numbers mean
nothing here.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from contextlib import ExitStack

from orqo_vault.delivery.process import start_time
from orqo_vault.errors import DeliveryError

NAME = re.compile(r"orqo-vault\.([0-9]{1,10})\.([0-9]{1,20})\.[0-9a-f]{16}")
LINKS = ".links"
"""Lists the links that lead here, each with a NUL after it. No delivered file begins with a dot."""


class RunFolder:
    """A folder of mode 0700, made and locked. ``undo`` gets its removal, with all that is in it."""

    def __init__(self, parent: str, run_id: str, undo: ExitStack) -> None:
        self.path = os.path.join(parent, f"orqo-vault.{os.getpid()}.{start_time(os.getpid())}.{run_id}")
        self._descriptor = -1
        undo.callback(self._remove)  # before there is anything to remove: Ctrl-C may come between any two lines
        try:
            os.mkdir(self.path, 0o700)
            self._descriptor = open_folder(self.path)
            os.fchmod(self._descriptor, 0o700)  # whatever the umask took away
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            reason = error.strerror
        else:
            return
        raise DeliveryError(f"{self.path}: cannot be made: {reason}")

    def write(self, name: str, content: bytes) -> str:
        """Make a file of mode 0600 that was not there before; return its path."""
        path = os.path.join(self.path, name)
        try:
            descriptor = self._create(name)
            with open(descriptor, "wb") as file:
                os.fchmod(descriptor, 0o600)
                file.write(content)
        except OSError as error:
            reason = error.strerror
        else:
            return path
        raise DeliveryError(f"{path}: cannot be written: {reason}")

    def remember_link(self, link: str) -> None:
        """Note a link that is about to lead here, for whoever sweeps after a kill."""
        with open(self._create(LINKS, os.O_APPEND, exclusive=False), "ab") as file:
            file.write(os.fsencode(link) + b"\0")

    def _remove(self) -> None:
        remove_folder(self.path)
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def _create(self, name: str, more: int = 0, *, exclusive: bool = True) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | more | (os.O_EXCL if exclusive else 0)
        return os.open(name, flags, 0o600, dir_fd=self._descriptor)


def open_folder(path: str) -> int:
    """Return a descriptor of a folder that is no link."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def remembered_links(path: str) -> list[str]:
    """Return the links that a run noted in its folder."""
    try:
        with open(os.path.join(path, LINKS), "rb") as file:
            return [os.fsdecode(link) for link in file.read().split(b"\0")[:-1]]
    except OSError:  # it made none
        return []


def remove_folder(path: str) -> None:
    """Remove a run's folder, also while somebody else removes it."""
    import shutil  # a run that ends can wait for it

    while os.path.lexists(path):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(path)
