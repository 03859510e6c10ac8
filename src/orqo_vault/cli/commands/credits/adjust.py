"""``orqo-vault credits adjust``: corrects a balance, once for each reference."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.credits.history import as_object
from orqo_vault.cli.credit_amounts import credits_amount, credits_said
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_argument
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json
from orqo_vault.credits import credits_text


# An unknown option becomes an argument, so that -1.5 can be one; a mistyped option is then one argument too many.
@click.command("adjust", cls=Command, context_settings={"ignore_unknown_options": True})
@organization_argument
@click.argument("amount", metavar="±AMOUNT", type=credits_amount)
@click.option("--reference", required=True, metavar="TEXT", help="What it corrects: ticket 4711. Made once.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for the ledger and the audit log: one line.")
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str, amount: int, reference: str, reason: str, as_json: bool) -> None:
    """Correct a balance up (5 or +5) or down (-5). Nothing in the ledger is changed: this is a movement of its own.

    It takes nothing that runs hold, and stops at the overdraft.
    """
    what = f"{credits_said(amount)} as {reference!r}"
    with opened(invocation).moving("credits-adjust", organization, what=what, reason=reason) as ledger:
        movement = ledger.adjust(organization, amount, reference=reference, reason=reason)
        balance = ledger.balance(organization)
    if as_json:
        print_json({"movement": as_object(movement)})
        return
    invocation.say(
        f"{organization} was adjusted by {credits_text(amount)}; available: {credits_text(balance.available)}"
    )
