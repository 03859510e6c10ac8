"""Looks for a value everywhere that a user's processes and files could have it, in the forms in which values travel."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r\S* .*?(\[v(?:var|syscall|dso)\S*\])?$")


def forms(value: str) -> list[bytes]:
    """Return the value as it is, encoded, and as wide characters."""
    raw = value.encode()
    return [raw, base64.b64encode(raw)[:-4], raw.hex().encode(), value.encode("utf-16-le")]


def found_in(data: bytes, value: str) -> bool:
    return any(form in data for form in forms(value))


def processes_of(uid: int) -> list[int]:
    """Return the processes that a user has now."""
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal() and _uid(each) == uid]


def places_of_process(pid: int) -> Iterator[tuple[str, bytes]]:
    """Give all that a process holds: arguments, environment, what its open files are, and its memory."""
    folder = Path(f"/proc/{pid}")
    for name in ("cmdline", "environ"):
        yield f"{folder}/{name}", (folder / name).read_bytes()
    for descriptor in (folder / "fd").iterdir():
        target = os.readlink(descriptor)
        yield f"{descriptor} -> {target}", target.encode()
        if descriptor.is_file():
            yield f"{descriptor} -> {target}", descriptor.read_bytes()
    yield f"{folder}/mem", _memory(folder)


def places_of_files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file below the folders, and its name."""
    for folder in folders:
        for file in folder.rglob("*"):
            yield str(file), os.fsencode(file.name) + b"\n" + (file.read_bytes() if file.is_file() else b"")


def _memory(folder: Path) -> bytes:
    pieces = []
    with (folder / "mem").open("rb", buffering=0) as memory:
        for line in (folder / "maps").read_text().splitlines():
            mapping = _MAPPING.match(line)
            if mapping is None or mapping[3]:
                continue
            start, end = int(mapping[1], 16), int(mapping[2], 16)
            memory.seek(start)
            while start < end and (piece := memory.read(end - start)):
                pieces.append(piece)
                start += len(piece)
    return b"".join(pieces)


def _uid(folder: Path) -> int | None:
    """Return the user of a process, None when it has gone meanwhile."""
    # Not the owner of its folder: that is root where a process may not be looked into.
    try:
        status = (folder / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    (line,) = (line for line in status.splitlines() if line.startswith("Uid:"))
    return int(line.split()[1])
