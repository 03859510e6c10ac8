"""``orqo-vault credits lots``: what is left of each grant."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.credit_amounts import amount_object
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_option
from orqo_vault.cli.moments import moment_text, moment_value
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.credits import credits_text

COLUMNS = ("Movement", "Granted", "Left", "Expires")


@click.command("lots", cls=Command)
@organization_option
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str | None, plain: bool, as_json: bool) -> None:
    """Show what is left of each grant, in the order in which it will be spent: what expires first goes first."""
    access = opened(invocation)
    name = access.account(organization)
    lots = access.ledger.lots(name)
    if as_json:
        found = [
            {
                "movement": each.number,
                "granted": amount_object(each.amount),
                "left": amount_object(each.remaining),
                "expires_at": moment_value(each.expires_at),
            }
            for each in lots
        ]
        print_json({"organization": name, "lots": found})
        return
    rows = (
        (str(each.number), credits_text(each.amount), credits_text(each.remaining), moment_text(each.expires_at))
        for each in lots
    )
    print_table(COLUMNS, rows, plain=plain)
