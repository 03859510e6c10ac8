"""The command group ``store``: what keeps an encrypted-file store openable, fresh and trusted."""

from __future__ import annotations

import click

from orqo_vault_file.commands.lazy import LazyGroup

_HERE = "orqo_vault_file.commands"
_NAMES = ("init", "slot", "rotate", "accept", "merge", "marks", "verify", "prune")


@click.group("store", cls=LazyGroup, modules={name: f"{_HERE}.{name}" for name in _NAMES})
def store() -> None:
    """Keep an encrypted-file store: who opens it, rotation, older states, merges."""
