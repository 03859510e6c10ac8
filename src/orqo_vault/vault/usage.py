"""Lines of usage as a person wants to see them: no day left out, the largest first, the rest in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from orqo_vault.credits import Tokens
from orqo_vault.ledger import UsageLine

DAYS = 30
"""How far back is looked where nobody says."""


def every_day(lines: Sequence[UsageLine]) -> list[UsageLine]:
    """Return the days in order, with those on which nothing was used: a gap is a fact, and seen only if it is there."""
    days = {date.fromisoformat(each.heading): each for each in lines}
    first, last = min(days), max(days)
    wanted = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [days.get(day) or total([], heading=day.isoformat()) for day in wanted]


def by_size(lines: Sequence[UsageLine], count: int) -> list[UsageLine]:
    """Return the ``count`` lines that cost most, and what all others come to as one."""
    ordered = sorted(lines, key=lambda each: (-each.charged, -each.requests, each.heading))
    shown, rest = ordered[:count], ordered[count:]
    return [*shown, total(rest, heading=f"{len(rest)} more")] if rest else shown


def total(lines: Sequence[UsageLine], *, heading: str = "") -> UsageLine:
    """Return the lines added up."""
    return UsageLine(
        heading=heading,
        requests=sum(each.requests for each in lines),
        own=sum(each.own for each in lines),
        tokens=Tokens(
            input=sum(each.tokens.input for each in lines),
            output=sum(each.tokens.output for each in lines),
            cached_input=sum(each.tokens.cached_input for each in lines),
            cache_write=sum(each.tokens.cache_write for each in lines),
        ),
        charged=sum(each.charged for each in lines),
    )
