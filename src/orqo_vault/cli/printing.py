"""Data on stdout: a table for people, TSV for ``cut``, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from orqo_vault.cli.failure import SCHEMA_VERSION
from orqo_vault.cli.terminal import printable

GAP = "  "


def print_json(data: Mapping[str, Any]) -> None:
    """Print one object. Its ``schema_version`` grows when a key changes its meaning or goes; new keys may come."""
    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, **data}, indent=2))


def print_text(text: str) -> None:
    """Print a document that is data in itself: a policy, a script."""
    click.echo(text.rstrip("\n"))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, plain: bool = False) -> None:
    """Print aligned columns under a heading; ``plain``: without heading, separated by tabs."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if plain:
        lines = ["\t".join(row) for row in cells]
    elif cells:
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        heading, *body = [
            GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [[column.upper() for column in columns], *cells]
        ]
        lines = [click.style(heading, bold=True), *body]
    else:
        lines = []
    if lines:
        click.echo("\n".join(lines))


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print ``name: value`` lines, the values in one column."""
    pairs = [(name, printable(value)) for name, value in facts]
    width = max((len(name) for name, _ in pairs), default=0) + 1
    for name, value in pairs:
        click.echo(f"{click.style(f'{name}:'.ljust(width), bold=True)}{GAP}{value}".rstrip())


def print_lists(lists: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Print headed lists, an entry a line; empty ones are left out."""
    for heading, entries in lists:
        if entries:
            click.echo(click.style(f"{heading}:", bold=True))
            click.echo("\n".join(f"  {printable(entry)}" for entry in entries))
