"""Every touch of the disk: reads that follow no link, writes that survive a power cut. No other room opens a file.

Only a thing that is no regular file, or is larger than it can be, is ``CorruptSecretError``; see ``failures``.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from orqo_vault.errors import BackendError, CorruptSecretError
from orqo_vault_file.disk.failures import translated_errors

TEMPORARY = ".tmp-"
Refused = TypeVar("Refused")

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Folder:
    """A directory that is held open: what it holds is reached through its descriptor, whatever is renamed above it."""

    __slots__ = ("_fd", "shown")

    def __init__(self, fd: int, shown: str) -> None:
        self._fd = fd
        self.shown = shown

    @classmethod
    def find(cls, path: str) -> Self | None:
        """Open the directory at ``path``; None when there is none."""
        with translated_errors(f"cannot open {path}"):
            try:
                return cls(os.open(path, _FOLDER), path)
            except FileNotFoundError:
                return None
            except NotADirectoryError:
                raise BackendError(f"{path} is not a directory") from None

    @classmethod
    def make(cls, path: str) -> Self:
        """Open the directory at ``path``, made with its parents (0700, durable) if it is not there."""
        path = os.path.abspath(path)
        with translated_errors(f"cannot make {path}"):
            _make(path)
        made = cls.find(path)
        if made is None:
            raise BackendError(f"{path} vanished while it was made")
        return made

    def sub(self, name: str) -> Folder | None:
        """Open the directory ``name`` in here, never through a link; None when there is none."""
        fd = self._open(name, _FOLDER | os.O_NOFOLLOW)
        return None if fd is None else Folder(fd, self.place(name))

    def make_sub(self, name: str) -> Folder:
        """Open the directory ``name`` in here, made (durable, with our own permissions) if it is not there."""
        found = self.sub(name)
        if found is not None:
            return found
        with translated_errors(f"cannot make {self.place(name)}"), suppress(FileExistsError):  # somebody was faster
            os.mkdir(name, stat.S_IMODE(os.fstat(self._fd).st_mode), dir_fd=self._fd)
            _flush(self._fd)
        found = self.sub(name)
        if found is None:
            raise BackendError(f"{self.place(name)} vanished while it was made")
        return found

    def place(self, name: str) -> str:
        """Return where ``name`` is, for messages."""
        return f"{self.shown}/{name}"

    def names(self) -> list[str]:
        """Return what is in here, sorted."""
        with translated_errors(f"cannot list {self.shown}"):
            return sorted(os.listdir(self._fd))

    def read(self, name: str, cap: int) -> bytes | None:
        """Return the content of a regular file of at most ``cap`` bytes; None when there is no such name."""
        fd = self._open(name, _READ)
        return None if fd is None else content(fd, cap, self.place(name))

    def start(self, name: str, length: int) -> bytes | None:
        """Return the first bytes of a regular file, for listings; none of any other thing, None when it is gone."""
        try:
            fd = self._open(name, _READ)
        except CorruptSecretError:
            return b""  # a listing names what is there; reading it tells what is wrong with it
        if fd is None:
            return None
        with translated_errors(f"cannot read {self.place(name)}"):
            try:
                return os.read(fd, length) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
            finally:
                os.close(fd)

    def mode(self, name: str = ".") -> int | None:
        """Return the permissions of a regular file or folder in here, None when it is not there or neither."""
        with translated_errors(f"cannot examine {self.place(name)}"):
            try:
                found = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
            except FileNotFoundError:
                return None
        return stat.S_IMODE(found.st_mode) if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) else None

    def replace(self, name: str, data: bytes, *, durable: bool = True) -> None:
        """Put ``data`` under ``name`` at once or not at all; when it returns, it survives a power cut.

        The caller holds the lock of this folder: a temporary file that is already there is a dead process's.
        """
        temporary = TEMPORARY + name
        with translated_errors(f"cannot write {self.place(name)}"):
            mode = self.mode(name)
            self._discard(temporary)
            fd = os.open(temporary, _CREATE, 0o600, dir_fd=self._fd)
            try:
                self._fill(fd, data, mode, durable)
                os.rename(temporary, name, src_dir_fd=self._fd, dst_dir_fd=self._fd)
            except BaseException:
                self._discard(temporary, quietly=True)
                raise
        if durable:
            self.sync(f"{self.place(name)} was written, but may not survive a power cut")

    def create(self, name: str, data: bytes) -> bool:
        """Put ``data`` under ``name``, 0600 and durable; False, and nothing done, when the name is taken."""
        with translated_errors(f"cannot write {self.place(name)}"):
            try:
                fd = os.open(name, _CREATE, 0o600, dir_fd=self._fd)
            except FileExistsError:
                return False
            try:
                self._fill(fd, data, None, durable=True)
                _flush(self._fd)
            except BaseException:
                self._discard(name, quietly=True)
                raise
        return True

    def remove(self, name: str) -> None:
        """Remove a file, durably; that it is gone already is fine."""
        with translated_errors(f"cannot remove {self.place(name)}"):
            self._discard(name)
            _flush(self._fd)

    def sweep(self) -> None:
        """Remove the temporary files of writers that died. The caller holds the lock of this folder."""
        for name in self.names():
            if name.startswith(TEMPORARY):
                self.remove(name)

    def sync(self, doing: str, name: str | None = None) -> None:
        """Make what was renamed in here survive a power cut; with ``name``, that file's content too."""
        with translated_errors(doing):
            if name is not None:
                fd = os.open(name, _READ, dir_fd=self._fd)
                try:
                    _flush(fd)
                finally:
                    os.close(fd)
            _flush(self._fd)

    def open_lock(self, name: str) -> int:
        """Return a new descriptor of the lock file, made if it is not there. The caller closes it."""
        with translated_errors(f"cannot lock {self.shown}"):
            return os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self._fd)

    def is_still(self, name: str, fd: int) -> bool:
        """Tell whether ``name`` is the file of that descriptor: a removed lock file locks nobody out."""
        with translated_errors(f"cannot lock {self.shown}"):
            try:
                return os.path.samestat(os.stat(name, dir_fd=self._fd, follow_symlinks=False), os.fstat(fd))
            except FileNotFoundError:
                return False

    def _open(self, name: str, flags: int) -> int | None:
        with translated_errors(f"cannot open {self.place(name)}"):
            try:
                return os.open(name, flags, dir_fd=self._fd)
            except FileNotFoundError:
                return None

    def _fill(self, fd: int, data: bytes, mode: int | None, durable: bool) -> None:
        try:
            if mode is not None:
                os.fchmod(fd, mode)
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
            if durable:
                _flush(fd)
        finally:
            os.close(fd)

    def _discard(self, name: str, *, quietly: bool = False) -> None:
        try:
            os.unlink(name, dir_fd=self._fd)
        except FileNotFoundError:
            pass
        except OSError:
            if not quietly:  # quietly: the first error is the one to report, and the next writer discards again
                raise

    def close(self) -> None:
        """Let go of the directory; may be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_path(
    path: str, cap: int, *, follow: bool, refuse: Callable[[os.stat_result], Refused | None]
) -> bytes | Refused:
    """Return the content of a file outside of any folder of ours, or why ``refuse`` does not want it.

    What keeps it from being opened at all is raised as ``OSError``: the caller knows what it means.
    """
    fd = os.open(path, _READ & ~os.O_NOFOLLOW if follow else _READ)
    try:
        refused = refuse(os.fstat(fd))
    except OSError:
        os.close(fd)
        raise
    if refused is None:
        return content(fd, cap, path)
    os.close(fd)
    return refused


def content(fd: int, cap: int, shown: str) -> bytes:
    """Return what a just opened descriptor holds and close it: a regular file of at most ``cap`` bytes."""
    with translated_errors(f"cannot read {shown}"):
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode):
                raise CorruptSecretError(f"{shown} is not a regular file")
            parts = []
            left = cap + 1 if found.st_size <= cap else 0
            while left and (part := os.read(fd, left)):
                parts.append(part)
                left -= len(part)
        finally:
            os.close(fd)
    if not left:
        raise CorruptSecretError(f"{shown} is larger than it can be")
    return b"".join(parts)


def _make(path: str) -> None:
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        _make(os.path.dirname(path))
        os.mkdir(path, 0o700)
    fd = os.open(os.path.dirname(path), _FOLDER)
    try:
        _flush(fd)
    finally:
        os.close(fd)


def _flush(fd: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)  # fsync alone leaves the data in the drive's own cache
            return
        except OSError:
            pass  # not every file system has it
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot sync a directory
            raise
