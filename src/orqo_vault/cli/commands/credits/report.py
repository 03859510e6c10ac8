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
from orqo_vault.vault.settling import Reported, report_request


@click.command("report", cls=Command)
@organization_argument
@click.argument("reference")
@click.option("--run", required=True, metavar="ID", help="The run; credits holds shows it. It may have ended.")
@click.option("--credential", required=True, metavar="ID", help="Which of its platform credentials.")
@click.option("--model", required=True, metavar="PROVIDER:MODEL", help="Which model was used.")
@token_options
@click.option("--last", is_flag=True, help="That was all: what is still held for it is released.")
@reason_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    /,
    organization: str,
    reference: str,
    run: str,
    credential: str,
    model: str,
    last: bool,
    reason: str | None,
    as_json: bool,
    **counts: int | None,
) -> None:
    """Charge a run for what it reports: with a key that went into its environment nobody else counts.

    Charged once for each REFERENCE. Unless --last is said, the hold is charged in full when it expires, less what was
    reported of it.
    """
    tokens = counted(**counts)
    if tokens is None:
        raise UsageError("say what it used", hint="--input N --output N")
    reported = Reported(run=run, credential=credential, model=model, tokens=tokens, reference=reference)
    settled = report_request(opened(invocation), organization, reported, last=last, reason=reason)
    show(invocation, settled, as_json)
