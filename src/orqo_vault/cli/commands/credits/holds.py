"""``orqo-vault credits holds``: what runs in flight keep."""

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
from orqo_vault.ledger import Hold

COLUMNS = ("Run", "Credential", "Held", "Started", "Spent", "Budget", "Expires", "Then")


@click.command("holds", cls=Command)
@organization_option
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str | None, plain: bool, as_json: bool) -> None:
    """Show what is held, the first to expire first. STARTED is the part that requests in flight may cost.

    THEN is what becomes of a hold that nobody ended: released, or settled, because nobody can see what was used.
    """
    access = opened(invocation)
    name = access.account(organization)
    holds = access.ledger.holds(name)
    if as_json:
        print_json({"organization": name, "holds": [_as_object(each) for each in holds]})
        return
    if not holds:
        invocation.say("nothing is held")
    print_table(COLUMNS, map(_cells, holds), plain=plain)


def _cells(each: Hold) -> tuple[str, ...]:
    amounts = map(credits_text, (each.amount, each.drawn, each.spent))
    ends = (moment_text(each.expires_at), each.at_expiry) if each.state == "live" else (each.state, "unsettled")
    return (each.run, each.credential, *amounts, "" if each.budget is None else credits_text(each.budget), *ends)


def _as_object(each: Hold) -> dict[str, object]:
    return {
        "id": each.id,
        "run": each.run,
        "credential": each.credential,
        "provider": each.provider,
        "model": each.model or None,
        "held": amount_object(each.amount),
        "started": amount_object(each.drawn),
        "spent": amount_object(each.spent),
        "budget": None if each.budget is None else amount_object(each.budget),
        "state": each.state,
        "at_expiry": each.at_expiry,
        "made_at": moment_value(each.made_at),
        "expires_at": moment_value(each.expires_at),
    }
