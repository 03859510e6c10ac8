"""The command group ``store``: what keeps an encrypted-file store openable, fresh and trusted."""

from __future__ import annotations

import click


@click.group()
def store() -> None:
    """Keep an encrypted-file store: key slots, rotation, rollback, merges."""
