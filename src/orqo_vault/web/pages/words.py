"""How names of the settings file are written for people."""

from __future__ import annotations

from datetime import UTC, datetime

from orqo_vault.web.service.forms import LABELS

CATEGORIES = {category.value: label for category, label in LABELS.items()}
WORDS = {
    "": "",
    "untested": "Untested",
    "ok": "OK",
    "failing": "Failing",
    "refused": "Refused",
    "unreachable": "Unreachable",
    "not_testable": "Not testable",
    "expired": "Expired",
    "disabled": "Disabled",
    "own": "Own key",
    "platform": "Platform key",
    "needs_setup": "Needs setup",
}
"""Statuses and modes. Where a name is none of these it is shown as it is."""


def label_of(name: str) -> str:
    """Return what people call a category, a status or a mode."""
    return CATEGORIES.get(name) or WORDS.get(name, name)


def status_word(status: str, enabled: bool) -> str:
    """Return the status as it is shown: whoever switched something off knows why it does not work."""
    return status if enabled else "disabled"


def when(moment: str | None, now: datetime | None = None) -> str:
    """Return how long ago a time was, in the largest unit that fits; empty for none."""
    if not moment:
        return ""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"
