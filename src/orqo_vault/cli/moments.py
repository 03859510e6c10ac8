"""Points in time on the command line: a day or a moment, UTC unless it says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import click


def moment(text: str) -> datetime:
    """Return ``2026-11-23`` (its first moment) or ``2026-11-23T08:30:00+01:00`` as a time; a ``type=`` for click."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a time is a day, 2026-11-23, or a moment, 2026-11-23T08:30:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def moment_text(when: datetime | None) -> str:
    """Return a time to the second, ``never`` where there is none."""
    return "never" if when is None else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment_value(when: datetime | None) -> str | None:
    """Return a time for JSON."""
    return None if when is None else when.isoformat()
