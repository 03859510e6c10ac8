"""Which of stdout and stderr are to be masked, from what stands behind them."""

from __future__ import annotations

import os
import stat
from typing import Literal, NamedTuple

When = Literal["auto", "always", "never"]
STDOUT, STDERR = 1, 2


class Streams(NamedTuple):
    """The streams to mask: pipes and sockets, and terminals. A regular file is never among them."""

    piped: tuple[int, ...] = ()
    terminal: tuple[int, ...] = ()


def streams_to_mask(when: When) -> Streams:
    """Return what ``auto`` (pipes and sockets), ``always`` (terminals too) or ``never`` means for this process."""
    if when == "never":
        return Streams()
    piped = tuple(each for each in (STDOUT, STDERR) if _is_piped(each))
    terminal = tuple(each for each in (STDOUT, STDERR) if os.isatty(each)) if when == "always" else ()
    return Streams(piped, terminal)


def same_file(one: int, other: int) -> bool:
    """Tell whether two descriptors lead to one and the same thing, as after ``2>&1``."""
    return os.path.samestat(os.fstat(one), os.fstat(other))


def _is_piped(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:  # it is closed
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
