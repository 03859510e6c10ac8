"""Replaces a file's content as one step: after a crash, a full disk or a kill it is the old text or the new one."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path

from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings.events import MAX_BYTES
from orqo_vault.settings.find import read_layer

_REPLACED = "the file is replaced, never written in place: its folder must be writable too"


def replace_content(path: Path, old: bytes | None, new: bytes) -> bool:
    """Put ``new`` where ``old`` is (None: no file) and return True; False, and nothing is written, when it is not.

    A symlink is followed and stays; mode and owner stay. When it returns, the new content survives a power cut.
    Between the last look at the file and its replacement are microseconds in which a program that does not take
    the lock can still be overwritten.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        replaced = _found(target)
        _refuse_read_only(target, replaced)
        try:
            _write(temporary, new, replaced)
            if read_layer(target, limit=MAX_BYTES) != old:
                temporary.unlink()
                return False
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise SettingsError(
            f"cannot be written: {error.strerror}", hint=_REPLACED, location=Location(str(path))
        ) from None
    return True


def sweep(path: Path) -> None:
    """Remove what a killed edit of this file left beside it. To be called under the lock."""
    target = Path(os.path.realpath(path))
    leftover = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.tmp")
    # Whoever cannot list or delete here cannot edit here: the edit itself says so.
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if leftover.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_uid == os.geteuid():
                os.unlink(entry)


def _found(target: Path) -> os.stat_result | None:
    try:
        return os.stat(target)
    except FileNotFoundError:  # a new file, or one that another editor is just putting back
        return None


def _refuse_read_only(target: Path, replaced: os.stat_result | None) -> None:
    # A rename would not ask: it needs the folder's permission only, and root needs none.
    if replaced and not (replaced.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise SettingsError("the file is read-only", location=Location(str(target)))


def _write(temporary: Path, content: bytes, replaced: os.stat_result | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600 if replaced else 0o666)
    try:
        if replaced:
            with contextlib.suppress(PermissionError):  # only root may give a file to its owner again
                os.fchown(descriptor, replaced.st_uid, replaced.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(replaced.st_mode))
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
