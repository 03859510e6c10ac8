"""Reads a file that decides whom to trust, and refuses it when somebody else could have written it.

The file and every folder on the way to it belong to root or to this process's user, and no one else may write them:
whoever can rename a folder can put another file in place of ours. A sticky folder (``/tmp``) may be writable by all,
because there only the owner of an entry can rename it. A symlink is followed when it, the folders that hold it, and
everything on the way to its target pass the same rules. The file itself is judged after it was opened.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NoReturn

from orqo_vault.errors import Location, SettingsError

MAX_BYTES = 1024 * 1024
_MAX_SYMLINKS = 40
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def read_trusted(path: Path) -> bytes | None:
    """Return the bytes of a file at an absolute path, None when there is none.

    Raises :class:`~orqo_vault.errors.SettingsError` when it is there and cannot be trusted, or cannot be read: a rule
    that cannot be read is not the same as no rule.
    """
    try:
        # O_NONBLOCK: a FIFO of that name must not hang us before it is seen to be one.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        if os.path.lexists(path):
            _refuse(path, "is a symlink that leads nowhere")
        return None
    except OSError as error:
        _refuse(path, f"cannot be read: {error.strerror}")
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            _refuse(path, "is not a regular file")
        _check(path, found)
        _check_way(path)
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        _refuse(path, f"cannot be read: {error.strerror}")
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        _refuse(path, f"is larger than {MAX_BYTES // 1024} KiB")
    return content


def _check_way(path: Path) -> None:
    """Check every folder and symlink on the way, in the order in which the kernel walks them."""
    here, rest, symlinks = "/", _parts(os.fspath(path)), 0
    _check(Path(here), os.stat(here))
    while rest:
        entry = os.path.join(here, rest.pop())
        if os.path.basename(entry) == "..":
            here = os.path.dirname(here)
            continue
        found = os.lstat(entry)
        target = os.readlink(entry) if stat.S_ISLNK(found.st_mode) else None
        _check(Path(entry), found)
        if target is None:
            here = entry
            continue
        symlinks += 1
        if symlinks > _MAX_SYMLINKS:
            _refuse(path, "leads through too many symlinks")
        rest += _parts(target)
        here = "/" if target.startswith("/") else here


def _parts(path: str) -> list[str]:
    """Return the parts of a path, last first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _check(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in (0, os.geteuid()):
        _refuse(path, "belongs to another user, who could change it", hint="chown it to root or to your user")
    if stat.S_ISLNK(found.st_mode) or not found.st_mode & _WRITABLE_BY_OTHERS:
        return
    if stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX:
        return
    what = "replace what is in it" if stat.S_ISDIR(found.st_mode) else "change it"
    _refuse(path, f"other users may {what}", hint=f"chmod go-w {path}")


def _refuse(path: Path, reason: str, *, hint: str | None = None) -> NoReturn:
    raise SettingsError(reason, hint=hint, location=Location(str(path)))
