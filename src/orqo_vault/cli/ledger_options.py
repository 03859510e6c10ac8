"""What the ``credits`` commands share: the open ledger, and the options that mean the same in each."""

from __future__ import annotations

import click

from orqo_vault.cli.invocation import Invocation
from orqo_vault.vault.ledger_access import LedgerAccess, open_access

organization_argument = click.argument("organization", metavar="ORG")
organization_option = click.option(
    "--organization", metavar="ORG", help="Another organization than this user's; for the operator."
)


def opened(invocation: Invocation, *, create: bool = False) -> LedgerAccess:
    """Return the operator's ledger, open until the command ends. It needs no project."""
    access = open_access(invocation.operator, invocation.surroundings(), create=create)
    click.get_current_context().call_on_close(access.close)
    return access
