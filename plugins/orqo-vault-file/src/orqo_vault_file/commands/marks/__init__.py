"""``orqo-vault store marks``: what this machine has seen, for another one."""

from __future__ import annotations

import click

from orqo_vault_file.commands.lazy import LazyGroup

_HERE = "orqo_vault_file.commands.marks"


@click.group("marks", cls=LazyGroup, modules={"export": f"{_HERE}.exporting", "import": f"{_HERE}.importing"})
def command() -> None:
    """What this machine has seen of the store.

    Carry it to a machine that would trust what it sees first.
    """
