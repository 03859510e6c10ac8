"""``orqo-vault backend``: where secrets are kept."""

from __future__ import annotations

import click

from orqo_vault.cli.lazy import Lazy, LazyGroup

_HERE = "orqo_vault.cli.commands.backend"
SECTIONS = {
    "Commands": {
        "list": Lazy(f"{_HERE}.list", "List the declared backends; opens none."),
        "check": Lazy(f"{_HERE}.check", "Find out whether backends can be used now."),
    }
}


@click.group("backend", cls=LazyGroup, sections=SECTIONS, aliases={"ls": "list"})
def command() -> None:
    """Where secrets are kept."""
