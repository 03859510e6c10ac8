"""``orqo-vault credits settle``: charges a request that its gateway left behind."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.credits.unsettled import as_object
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_argument
from orqo_vault.cli.options import json_option, pass_invocation, reason_option
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.token_counts import counted, token_options
from orqo_vault.cli.usage import UsageError
from orqo_vault.credits import credits_text
from orqo_vault.ledger import Settlement
from orqo_vault.vault.settling import settle_request


@click.command("settle", cls=Command)
@organization_argument
@click.argument("reference")
@token_options
@click.option("--estimated", is_flag=True, help="Charge what was held for it; correct it later with adjust.")
@reason_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    /,
    organization: str,
    reference: str,
    estimated: bool,
    reason: str | None,
    as_json: bool,
    **counts: int | None,
) -> None:
    """Charge a request that was started and whose end nobody knows: for the tokens of the provider's export, or
    as --estimated. It is charged once.
    """
    tokens = counted(**counts)
    if (tokens is not None) == estimated:
        raise UsageError("say what it used, or --estimated", hint="--input N --output N from the provider's export")
    show(invocation, settle_request(opened(invocation), organization, reference, tokens, reason=reason), as_json)


def show(invocation: Invocation, settled: Settlement, as_json: bool) -> None:
    """Print what became of a request."""
    request = settled.request
    if as_json:
        print_json({"request": as_object(request), "replayed": settled.replayed, "over": settled.over})
        return
    off = f", written off: {credits_text(request.written_off)}" if request.written_off else ""
    before = " before" if settled.replayed else ""
    invocation.say(
        f"{request.reference} was settled{before}; charged: {credits_text(request.charged)}{off};"
        f" available: {credits_text(settled.available)}"
    )
