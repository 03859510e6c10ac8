"""How long ago something was, in one number: a list has no room for more."""

from __future__ import annotations

from datetime import datetime

UNITS = ((86400, "days"), (3600, "h"), (60, "min"))


def ago(moment: datetime, now: datetime) -> str:
    """Return ``3 days ago``, ``2 h ago``, ``5 min ago`` or ``just now``."""
    seconds = (now - moment).total_seconds()
    for length, unit in UNITS:
        number = int(seconds // length)
        if number:
            return f"{number} {unit.removesuffix('s') if number == 1 else unit} ago"
    return "just now"
