"""``orqo-vault credits unsettled``: requests whose end nobody knows."""

from __future__ import annotations

from datetime import datetime

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.credit_amounts import amount_object
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_option
from orqo_vault.cli.moments import moment, moment_text, moment_value
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.credits import credits_text
from orqo_vault.ledger import Request

COLUMNS = ("Organization", "Reference", "State", "Started", "Run", "Model", "Held")


@click.command("unsettled", cls=Command)
@organization_option
@click.option("--before", type=moment, metavar="TIME", help="Also what started before this and was not marked yet.")
@plain_option
@json_option
@pass_invocation
def command(
    invocation: Invocation, organization: str | None, before: datetime | None, plain: bool, as_json: bool
) -> None:
    """Show the requests that a gateway started and did not settle before it died. Their credits stay held.

    Settle each as the provider's own export says, or as estimated; cancel what the provider never saw.
    """
    access = opened(invocation)
    everybody = organization is None and access.caller.organization is None
    names = access.known() if everybody else [access.account(organization)]
    requests = [each for name in names for each in access.ledger.unsettled(name, started_before=before)]
    if as_json:
        print_json({"requests": [as_object(each) for each in requests]})
        return
    if not requests:
        invocation.say("everything is settled")
    print_table(COLUMNS, map(_cells, requests), plain=plain)


def as_object(each: Request) -> dict[str, object]:
    """Return a request for JSON; the commands that end one print the same."""
    tokens = each.tokens
    return {
        "organization": each.organization,
        "reference": each.reference,
        "run": each.run,
        "credential": each.credential,
        "provider": each.provider,
        "model": each.model,
        "mode": each.mode,
        "state": each.state,
        "held": amount_object(each.drawn),
        "cost": amount_object(each.cost),
        "charged": amount_object(each.charged),
        "written_off": amount_object(each.written_off),
        "metered": each.metered,
        "late": each.late,
        "tokens": {
            "input": tokens.input,
            "output": tokens.output,
            "cached_input": tokens.cached_input,
            "cache_write": tokens.cache_write,
        },
        "price_version": each.price_version,
        "unit_prices": dict(each.unit_prices),
        "started_at": moment_value(each.started_at),
        "settled_at": moment_value(each.settled_at),
    }


def _cells(each: Request) -> tuple[str, ...]:
    when, held = moment_text(each.started_at), credits_text(each.drawn)
    return (each.organization, each.reference, each.state, when, each.run, each.model, held)
