"""``orqo-vault credits cancel``: ends a request that cost nothing."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.credits.unsettled import as_object
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_argument
from orqo_vault.cli.options import json_option, pass_invocation, reason_option
from orqo_vault.cli.printing import print_json
from orqo_vault.vault.settling import cancel_request


@click.command("cancel", cls=Command)
@organization_argument
@click.argument("reference")
@reason_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str, reference: str, reason: str | None, as_json: bool) -> None:
    """End a request that the provider never saw or refused, and give back what was held for it.

    One that was settled stays settled: correct it with adjust.
    """
    request = cancel_request(opened(invocation), organization, reference, reason=reason)
    if as_json:
        print_json({"request": as_object(request)})
        return
    invocation.say(f"{reference} is {request.state}")
