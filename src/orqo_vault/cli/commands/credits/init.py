"""``orqo-vault credits init``: makes the ledger that the operator's file names."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened
from orqo_vault.cli.options import pass_invocation


@click.command("init", cls=Command)
@pass_invocation
def command(invocation: Invocation) -> None:
    """Make the ledger, empty, where the operator's file says. One that is there stays as it is.

    A SQLite file is made for this user alone: run it as the user that the gateway runs as.
    """
    access = opened(invocation, create=True)
    address = access.operator.ledger.address if access.operator.ledger is not None else ""
    invocation.say(f"the ledger is ready: {address}")
