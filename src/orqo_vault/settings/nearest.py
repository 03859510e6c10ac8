"""What was probably meant: the nearest of the names there are, never the name that was written."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from itertools import islice

# Comparing is quadratic in the lengths and linear in the number of names.
MAX_LENGTH = 64
MAX_NAMES = 5_000
SHOWN = 20


def nearest(written: object, known: Iterable[str]) -> str | None:
    """Return the name most like ``written``, None when none is like it."""
    if not isinstance(written, str) or len(written) > MAX_LENGTH:
        return None
    return next(iter(difflib.get_close_matches(written, islice(known, MAX_NAMES), n=1)), None)


def did_you_mean(written: object, known: Collection[str], what: str) -> str:
    """Return a hint: the nearest name, and which there are (``what`` says of what kind)."""
    near = nearest(written, known)
    meant = f"did you mean {near!r}? " if near else ""
    shown = ", ".join(islice(known, SHOWN)) or "none"
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"{meant}{what}: {shown}{more}"
