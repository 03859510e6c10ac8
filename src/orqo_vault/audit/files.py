"""The files of one log: the one that grows, and the full ones beside it (``audit.jsonl.000001`` …), oldest first."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_CHUNK = 64 * 1024


def full_files(log: Path) -> list[Path]:
    """Return the files that are full, oldest first."""
    numbered = re.compile(re.escape(log.name) + r"\.(\d{6,})")
    with contextlib.suppress(FileNotFoundError):
        found = {
            int(match[1]): log.parent / name for name in os.listdir(log.parent) if (match := numbered.fullmatch(name))
        }
        return [found[number] for number in sorted(found)]
    return []


def all_files(log: Path) -> list[Path]:
    """Return every file of the log, oldest first; none where nothing was recorded."""
    return [*full_files(log), *([log] if os.path.lexists(log) else [])]


def next_name(log: Path) -> Path:
    """Return the name that the growing file takes when it is full."""
    full = full_files(log)
    number = int(full[-1].name.rpartition(".")[2]) + 1 if full else 1
    return log.with_name(f"{log.name}.{number:06}")


def lines_of(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the first ``size`` bytes of a file, line by line with their ends; the last one may have none."""
    while size > 0 and (line := file.readline(size)):
        yield line
        size -= len(line)


class Ending(NamedTuple):
    """The end of a file: its last whole line (None: there is none), and what stands after it, unfinished."""

    line: bytes | None
    torn: bytes


def ending(descriptor: int, size: int) -> Ending:
    """Return how a file ends."""
    wanted = _CHUNK
    while True:
        content = os.pread(descriptor, wanted, max(0, size - wanted))
        whole, newline, torn = content.rpartition(b"\n")
        if wanted >= size or b"\n" in whole:
            return Ending(whole.rpartition(b"\n")[2] if newline else None, torn)
        wanted *= 8
