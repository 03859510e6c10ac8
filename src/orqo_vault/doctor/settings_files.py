"""The settings files: can they be read, do they say what is meant, and who could have written them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orqo_vault.doctor.finding import Finding, of_error
from orqo_vault.doctor.subject import Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the settings and their files."""
    if subject.failure is not None:
        yield of_error(subject.failure, "settings", "orqo-vault config validate says what is wrong with them")
    for warning in subject.settings.warnings if subject.settings is not None else ():
        place, _, text = warning.partition(": ")
        yield Finding("warning", text, place, "change it there")
    for file in subject.files:
        yield from _written_by_others(file)
    if subject.folder is not None:
        yield from _written_by_others(subject.folder)


def _written_by_others(path: Path) -> Iterator[Finding]:
    found = os.stat(path)
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        what = "anybody on this machine can change it, and with it which program gets which secret"
        yield Finding("error", what, str(path), f"chmod o-w {path}")
    if found.st_uid not in (0, os.geteuid()):
        yield Finding("warning", "it belongs to another user", str(path), f"chown it, if that is not meant: {path}")
