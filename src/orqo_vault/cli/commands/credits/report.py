"""``orqo-vault credits report``: charges a run for a request that nobody metered."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.credits.settle import show
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_argument
from orqo_vault.cli.options import json_option, pass_invocation, reason_option
from orqo_vault.cli.token_counts import counted, token_options
from orqo_vault.cli.usage import UsageError
from orqo_vault.vault.settling import report_request


@click.command("report", cls=Command)
@organization_argument
@click.argument("reference")
@click.option("--hold", required=True, metavar="ID", help="The run's hold; it may have ended. holds --json has it.")
@click.option("--model", required=True, metavar="PROVIDER:MODEL", help="Which model was used.")
@token_options
@reason_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    /,
    organization: str,
    reference: str,
    hold: str,
    model: str,
    reason: str | None,
    as_json: bool,
    **counts: int | None,
) -> None:
    """Charge a run for what it reports: with a key that went into its environment nobody else counts.

    Charged once for each REFERENCE. What its hold's expiry has charged already is not charged again.
    """
    tokens = counted(**counts)
    if tokens is None:
        raise UsageError("say what it used", hint="--input N --output N")
    access = opened(invocation)
    show(
        invocation,
        report_request(access, organization, reference, tokens, hold=hold, model=model, reason=reason),
        as_json,
    )
