"""The clock, as far as this machine alone can tell: what was written in the future was written by a clock ahead."""

from __future__ import annotations

import time
from collections.abc import Iterator

from orqo_vault.doctor.finding import Finding
from orqo_vault.doctor.subject import Subject

TOLERATED = 5 * 60.0
"""Seconds: a file server's clock may be a little ahead."""


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield the newest settings file that was changed in the future. Servers' clocks are the backends' to compare."""
    if not subject.files:
        return
    newest = max(subject.files, key=lambda file: file.stat().st_mtime)
    ahead = newest.stat().st_mtime - time.time()
    if ahead > TOLERATED:
        what = f"it was changed {ahead / 60:.0f} minutes from now: this machine's clock is behind, or was ahead"
        yield Finding("warning", what, str(newest), "set the clock (timedatectl set-ntp true); else touch the file")
