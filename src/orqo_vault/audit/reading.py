"""Reads the newest records of a log, for people and programs. Whether any is missing is not judged here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from orqo_vault.audit import chain
from orqo_vault.audit.files import all_files


def newest(log: Path, count: int) -> tuple[list[dict[str, Any]], int]:
    """Return up to ``count`` records, the newest last, and how many lines were left out as not what was written."""
    found: list[dict[str, Any]] = []
    damaged = 0
    for path in reversed(all_files(log)):
        if len(found) >= count:
            break
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            entries = [chain.entry(line.removesuffix(b"\n")) for line in file]
        whole = [each.record for each in entries if each is not None and each.intact]
        damaged += len(entries) - len(whole)
        found = whole + found
    return found[-count:], damaged
