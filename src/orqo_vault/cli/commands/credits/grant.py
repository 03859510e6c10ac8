"""``orqo-vault credits grant``: gives credits, once for each period."""

from __future__ import annotations

from datetime import datetime

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.credits.history import as_object
from orqo_vault.cli.credit_amounts import credits_amount, credits_said
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_argument
from orqo_vault.cli.moments import moment, moment_text
from orqo_vault.cli.options import json_option, pass_invocation, reason_option
from orqo_vault.cli.printing import print_json
from orqo_vault.credits import credits_text


@click.command("grant", cls=Command)
@organization_argument
@click.argument("amount", type=credits_amount)
@click.option("--period", required=True, metavar="TEXT", help="What it is for: 2026-11, top-up 17. Granted once.")
@click.option("--expires", type=moment, metavar="TIME", help="When what is unused goes; 2026-12-01 is its beginning.")
@reason_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    organization: str,
    amount: int,
    period: str,
    expires: datetime | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Give an organization credits. The same period again grants nothing again, so a job may be repeated.

    Without --expires they stay until they are used.
    """
    what = f"{credits_said(amount)} for {period!r}, expiring {moment_text(expires)}"
    with opened(invocation).moving("credits-grant", organization, what=what, reason=reason) as ledger:
        movement = ledger.grant(organization, amount, period=period, expires_at=expires, reason=reason or "")
        balance = ledger.balance(organization)
    if as_json:
        print_json({"movement": as_object(movement)})
        return
    invocation.say(f"{organization} was granted {what}; available: {credits_text(balance.available)}")
