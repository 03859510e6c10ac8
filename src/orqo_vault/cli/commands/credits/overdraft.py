"""``orqo-vault credits overdraft``: how far below 0 an organization can fall."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.credits.balance import as_object
from orqo_vault.cli.credit_amounts import credits_amount, credits_said
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_argument
from orqo_vault.cli.options import json_option, pass_invocation, reason_option
from orqo_vault.cli.printing import print_json
from orqo_vault.credits import credits_text


@click.command("overdraft", cls=Command)
@organization_argument
@click.argument("amount", type=credits_amount)
@reason_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str, amount: int, reason: str | None, as_json: bool) -> None:
    """Say how far below 0 what is available can fall, by requests that cost more than was expected.

    What a request costs beyond it is written off. Nothing is reserved on it: it is no credit line.
    """
    what = f"overdraft {credits_text(amount)}"
    with opened(invocation).moving("credits-overdraft", organization, what=what, reason=reason) as ledger:
        balance = ledger.set_overdraft(organization, amount)
    if as_json:
        print_json({"organizations": [as_object(balance)]})
        return
    invocation.say(f"{organization} can fall {credits_said(amount)} below 0")
