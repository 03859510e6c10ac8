"""Reads the newest records of a log, for people and programs. Whether they are whole is not judged here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from orqo_vault.audit import chain
from orqo_vault.audit.files import all_files


def newest(log: Path, count: int) -> list[dict[str, Any]]:
    """Return up to ``count`` records, the newest last. Lines that are no record are left out."""
    found: list[dict[str, Any]] = []
    for path in reversed(all_files(log)):
        if len(found) >= count:
            break
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            entries = [each for line in file if (each := chain.entry(line.removesuffix(b"\n"))) is not None]
        found = [each.record for each in entries] + found
    return found[-count:] if count else []
