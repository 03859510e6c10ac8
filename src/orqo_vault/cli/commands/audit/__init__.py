"""``orqo-vault audit``: who was given which secret."""

from __future__ import annotations

import click

from orqo_vault.cli.lazy import Lazy, LazyGroup

_HERE = "orqo_vault.cli.commands.audit"
SECTIONS = {
    "Commands": {
        "tail": Lazy(f"{_HERE}.tail", "Show the newest records."),
        "verify": Lazy(f"{_HERE}.verify", "Find out whether the log is whole."),
    }
}


@click.group("audit", cls=LazyGroup, sections=SECTIONS)
def command() -> None:
    """Who was given which secret, and whether that log is whole."""
