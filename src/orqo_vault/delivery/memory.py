"""Finds a folder that is kept in memory, so that no secret file is written to a disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from orqo_vault.errors import DeliveryError

SHARED_MEMORY = "/dev/shm"  # noqa: S108  # the one folder that Linux keeps in memory for everybody
MOUNTS = "/proc/self/mountinfo"
IN_MEMORY = frozenset(("tmpfs", "ramfs"))


def find_place(environ: Mapping[str, str], *, allow_disk: bool) -> str:
    """Return the folder to make a run's own folder in: the user's runtime folder, else shared memory.

    ``allow_disk`` adds the folder for temporary files, where there is no memory. Without it
    :class:`~orqo_vault.errors.DeliveryError` is raised then.
    """
    in_memory = [each for each in _memory(environ) if _can_hold(each) and is_in_memory(each)]
    if in_memory:
        return in_memory[0]
    if not allow_disk:
        raise DeliveryError(
            f"no folder that is kept in memory (tmpfs) for secret files: looked at {', '.join(_memory(environ))}",
            hint="mount a tmpfs there, use deliver: memfd or agent, or let them touch the disk: allow_disk: true",
        )
    disk = _disk(environ)
    if not _can_hold(disk):
        raise DeliveryError(f"{disk} cannot hold secret files: not writable, or others may change what is in it")
    return disk


def known_places(environ: Mapping[str, str]) -> list[str]:
    """Return every folder in which a run of this user may have left something."""
    return [each for each in dict.fromkeys([*_memory(environ), _disk(environ)]) if os.path.isdir(each)]


def is_in_memory(folder: str) -> bool:
    """Tell whether the folder's file system is kept in memory; False where nobody can tell."""
    device = os.stat(folder).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}".encode()
    try:
        with open(MOUNTS, "rb") as file:
            lines = file.read().splitlines()
    except OSError:  # no Linux: nothing else says so either
        return False
    # mount id, parent, major:minor, root, mount point, options, … " - ", type, source, options
    return any(
        line.split()[2] == wanted and line.partition(b" - ")[2].split()[0].decode() in IN_MEMORY for line in lines
    )


def _memory(environ: Mapping[str, str]) -> list[str]:
    return [*_absolute(environ, "XDG_RUNTIME_DIR"), SHARED_MEMORY]


def _disk(environ: Mapping[str, str]) -> str:
    return next(_absolute(environ, "TMPDIR"), "/tmp")  # noqa: S108  # a folder of our own is made in it


def _absolute(environ: Mapping[str, str], variable: str) -> Iterator[str]:
    folder = environ.get(variable, "")
    if os.path.isabs(folder):
        yield folder


def _can_hold(folder: str) -> bool:
    """Tell whether we may write there and nobody else can move or replace what we make."""
    try:
        found = os.stat(folder)
    except OSError:
        return False
    is_sticky = bool(found.st_mode & stat.S_ISVTX)
    others_may_write = bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    is_safe = found.st_uid in (0, os.geteuid()) and (is_sticky or not others_may_write)
    return stat.S_ISDIR(found.st_mode) and is_safe and os.access(folder, os.W_OK | os.X_OK)
