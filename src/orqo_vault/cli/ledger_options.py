"""What the ``credits`` commands share: the open ledger, and the options that mean the same in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.operators_file import operators_file
from orqo_vault.vault.ledger_access import LedgerAccess, open_access

if TYPE_CHECKING:
    from orqo_vault.vault.gateway_figures import GatewayFigures

organization_argument = click.argument("organization", metavar="ORG")
organization_option = click.option(
    "--organization", metavar="ORG", help="Another organization than this user's; for the operator."
)


def opened(invocation: Invocation, *, create: bool = False) -> LedgerAccess:
    """Return the operator's ledger, open until the command ends. It needs no project."""
    access = open_access(operators_file(invocation), invocation.surroundings(), create=create)
    click.get_current_context().call_on_close(access.close)
    return access


def told_by_gateway(invocation: Invocation, organization: str | None) -> GatewayFigures | None:
    """Return what the gateway tells a user who is enrolled there; None where the ledger is to be asked."""
    from orqo_vault.vault.gateway_figures import gateway_figures  # an operator needs no HTTP client

    return gateway_figures(operators_file(invocation), invocation.surroundings(), organization)
