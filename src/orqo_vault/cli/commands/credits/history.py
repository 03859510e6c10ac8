"""``orqo-vault credits history``: every change of the balance, the newest first."""

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
from orqo_vault.ledger import Movement

COLUMNS = ("Number", "Time", "Kind", "Amount", "Balance", "Reference", "Reason")


@click.command("history", cls=Command)
@organization_option
@click.option("-n", "count", type=click.IntRange(1, 10_000), default=20, metavar="N", help="How many; 20 unless said.")
@click.option("--before", type=click.IntRange(min=1), metavar="NUMBER", help="Those before this one: the next page.")
@plain_option
@json_option
@pass_invocation
def command(
    invocation: Invocation, organization: str | None, count: int, before: int | None, plain: bool, as_json: bool
) -> None:
    """Show the movements of an organization, the newest first, each with the balance after it.

    They are numbered without a gap and never changed.
    """
    access = opened(invocation)
    name = access.account(organization)
    movements = access.ledger.history(name, before=before, limit=count)
    if as_json:
        print_json({"organization": name, "movements": [as_object(each) for each in movements]})
        return
    print_table(COLUMNS, map(_cells, movements), plain=plain)
    if movements and movements[-1].number > 1:
        invocation.say(f"older ones: --before {movements[-1].number}")


def as_object(each: Movement) -> dict[str, object]:
    """Return a movement for JSON; the commands that make one print the same."""
    return {
        "organization": each.organization,
        "number": each.number,
        "kind": each.kind,
        "reference": each.reference,
        "amount": amount_object(each.amount),
        "balance": amount_object(each.balance),
        "reason": each.reason,
        "made_at": moment_value(each.made_at),
    }


def _cells(each: Movement) -> tuple[str, ...]:
    amounts = credits_text(each.amount), credits_text(each.balance)
    return (str(each.number), moment_text(each.made_at), each.kind, *amounts, each.reference, each.reason)
