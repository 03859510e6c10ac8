"""One edit at a time: a lock file in the project's state folder, so that the repository holds none."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orqo_vault.errors import ConflictError, Location, SettingsError

PATIENCE = 30.0
"""How many seconds to wait for another edit; an edit takes a fraction of one."""
_PAUSE = 0.01


@contextmanager
def edit_lock(state_dir: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the project's edit lock; the kernel lets go of it when this process ends, however it ends."""
    path = state_dir / "edit.lock"
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(
            f"the lock for edits cannot be opened: {error.strerror}",
            hint="XDG_STATE_HOME names a folder for such files; it must be writable",
            location=Location(str(path)),
        ) from None
    try:
        _wait(descriptor, patience)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, patience: float) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise ConflictError("another orqo-vault is editing these settings", hint="try again") from None
            time.sleep(_PAUSE)
        else:
            return
