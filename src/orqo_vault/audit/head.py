"""Remembers the end of a log apart from the log, so that an end that was cut off is missed.

One small file a log in the state folder of this machine, by the log's path. It also remembers where the log begins
once its oldest files were let go.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from orqo_vault.audit.chain import START, Link


class Head(NamedTuple):
    """What is remembered of a log."""

    last: Link
    """The newest record this machine wrote."""
    before: Link = START
    """What the oldest record that is kept follows."""


def head_file(state_dir: Path, log: Path) -> Path:
    """Return where the head of that log is remembered; it need not exist."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(log))).hexdigest()[:24]
    return state_dir / "audit-heads" / name


def recall(file: Path) -> Head | None:
    """Return what is remembered, None where nothing is or where it cannot be understood."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        words = os.read(descriptor, 512).decode("ascii", "replace").split()
    finally:
        os.close(descriptor)
    if len(words) != 4 or not (words[0].isdecimal() and words[2].isdecimal()):
        return None
    return Head(Link(int(words[0]), words[1]), Link(int(words[2]), words[3]))


def remember(file: Path, head: Head) -> None:
    """Replace what is remembered, in one write. To be called under the log's lock."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags, 0o600)
    except FileNotFoundError:
        make_folder(file.parent)
        descriptor = os.open(file, flags, 0o600)
    try:
        # In place: numbers only grow, so nothing of a longer text is ever left behind.
        os.pwrite(descriptor, f"{head.last.seq} {head.last.hash} {head.before.seq} {head.before.hash}\n".encode(), 0)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, each for this user alone."""
    try:
        os.mkdir(folder, 0o700)
    except FileNotFoundError:
        make_folder(folder.parent)
        make_folder(folder)
    except FileExistsError:
        return
