"""``orqo-vault store slot``: who may open the store."""

from __future__ import annotations

import click

from orqo_vault_file.commands.lazy import LazyGroup

_HERE = "orqo_vault_file.commands.slot"


@click.group("slot", cls=LazyGroup, modules={name: f"{_HERE}.{name}" for name in ("list", "add", "remove")})
def command() -> None:
    """Who may open the store.

    One key slot for each person and each machine.
    """
