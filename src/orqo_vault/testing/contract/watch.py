"""Sees the I/O of one thread, as the interpreter's audit events tell it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import get_ident

IO = re.compile(r"open|(os|shutil|socket|subprocess|sqlite3|urllib|http|tempfile)\..*")

_watched: dict[int, list[str]] = {}


@contextmanager
def io_of_this_thread() -> Iterator[list[str]]:
    """Collect the names of the events that are I/O."""
    _install()
    seen = _watched[get_ident()] = []
    try:
        yield seen
    finally:
        del _watched[get_ident()]


@cache
def _install() -> None:
    sys.addaudithook(_note)  # cannot be taken back: added once, idle while nobody watches


def _note(event: str, arguments: tuple[object, ...]) -> None:
    seen = _watched.get(get_ident()) if _watched else None
    if seen is not None and IO.fullmatch(event):
        seen.append(event)
