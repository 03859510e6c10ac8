"""The folder where this machine remembers things: can it be used, and is it ours alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orqo_vault.doctor.finding import Finding
from orqo_vault.doctor.subject import Subject
from orqo_vault.state import state_root

COST = "older secrets are not noticed, runs start slower, and nothing is recorded"


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield why nothing can be remembered, or who else can change what is."""
    root = state_root(subject.environ)
    there = _nearest(root)
    if not there.is_dir():
        fix = f"remove {there}, or set XDG_STATE_HOME to a folder"
        yield Finding("error", f"it cannot be made: {there} is no folder; {COST}", str(root), fix)
        return
    if not os.access(there, os.W_OK | os.X_OK):
        fix = f"make {there} writable for this user, or set XDG_STATE_HOME"
        yield Finding("error", f"it cannot be written; {COST}", str(root), fix)
    if there != root:
        return
    found = root.stat()
    if found.st_uid != os.geteuid():
        fix = f"chown it to the user that runs this: {root}"
        yield Finding("error", "it belongs to another user, who can change what is remembered", str(root), fix)
    elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Finding("error", "others can change what is remembered in it", str(root), f"chmod 700 {root}")


def _nearest(path: Path) -> Path:
    """Return the path itself, or what is there of the way to it."""
    return next(each for each in (path, *path.parents) if os.path.lexists(each))
