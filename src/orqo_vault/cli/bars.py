"""Bars of plain characters beside a table: how large something is, at one glance, as wide as the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence

from orqo_vault.cli.printing import GAP
from orqo_vault.cli.terminal import printable

NARROWEST = 10
WIDEST = 60


def bar_width(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Return how many characters the terminal has left beside the table."""
    widths = (max(len(printable(cell)) for cell in column) for column in zip(columns, *rows, strict=True))
    left = shutil.get_terminal_size().columns - sum(width + len(GAP) for width in widths)
    return max(NARROWEST, min(WIDEST, left))


def bars(amounts: Sequence[int], width: int) -> list[str]:
    """Return a bar for each amount, the largest ``width`` long. What is not 0 has at least a mark."""
    largest = max(amounts, default=0)
    mark = _mark()
    return [mark * max(1, amount * width // largest) if amount > 0 else "" for amount in amounts]


def _mark() -> str:
    """Return a block, or ``#`` where the stream has no such character."""
    try:
        "█".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return "#"
    return "█"
