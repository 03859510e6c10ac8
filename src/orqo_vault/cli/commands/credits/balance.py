"""``orqo-vault credits balance``: what an organization has, holds and can use."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.credit_amounts import amount_object
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_option, told_by_gateway
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.credits import credits_text
from orqo_vault.ledger import Balance

COLUMNS = ("Organization", "Balance", "Held", "Available", "Overdraft")


@click.command("balance", cls=Command)
@organization_option
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str | None, plain: bool, as_json: bool) -> None:
    """Show what an organization has. Only what is available can be used: the balance less what runs hold.

    An operator who names none sees all of them. A tenant who may not open the ledger is told by the gateway.
    """
    balances = _balances(invocation, organization)
    if as_json:
        print_json({"organizations": [as_object(each) for each in balances]})
        return
    print_table(COLUMNS, map(_cells, balances), plain=plain)


def _balances(invocation: Invocation, organization: str | None) -> list[Balance]:
    told = told_by_gateway(invocation, organization)
    if told is not None:
        return [told.balance]
    access = opened(invocation)
    everybody = organization is None and access.caller.organization is None
    names = access.known() if everybody else [access.account(organization)]
    return [access.ledger.balance(name) for name in names]


def _cells(each: Balance) -> tuple[str, ...]:
    return (each.organization, *map(credits_text, (each.balance, each.held, each.available, each.overdraft)))


def as_object(each: Balance) -> dict[str, object]:
    """Return a balance for JSON."""
    return {
        "organization": each.organization,
        "balance": amount_object(each.balance),
        "held": amount_object(each.held),
        "available": amount_object(each.available),
        "overdraft": amount_object(each.overdraft),
    }
