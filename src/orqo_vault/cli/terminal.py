"""What a terminal may be shown: text without control characters, in colour only where it is wanted."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Literal

When = Literal["auto", "always", "never"]


def color_wanted(when: When, environ: Mapping[str, str]) -> bool | None:
    """Return True or False where it is decided, None where the stream decides (a terminal: yes).

    The flag wins over NO_COLOR, that over FORCE_COLOR, that over TERM=dumb.
    """
    if when != "auto":
        return when == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return False if environ.get("TERM") == "dumb" else None


def somebody_is_there() -> bool:
    """Tell whether a person can be asked: keyboard and screen are both a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def stdout_is_terminal() -> bool:
    """Tell whether data that is printed would stand on a screen."""
    return sys.stdout is not None and sys.stdout.isatty()


def printable(text: str) -> str:
    """Return ``text`` with control characters escaped: names come from a file, and a file can hold ESC."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)
