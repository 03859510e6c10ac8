"""``orqo-vault gateway revoke``: an enrolment that is not to be used any more."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened
from orqo_vault.cli.options import pass_invocation, reason_option


@click.command("revoke", cls=Command)
@click.argument("enrolment", metavar="ID")
@reason_option
@pass_invocation
def command(invocation: Invocation, enrolment: str, reason: str | None) -> None:
    """Revoke the enrolment ID, and at once every run token that was lent on it.

    "gateway enrolments" shows the ids. What is on its way at a provider still ends, and is charged.
    """
    from orqo_vault.gateway.enrolling import revoke

    revoked = revoke(opened(invocation), enrolment, reason=reason)
    invocation.say(f"enrolment {revoked.id} of {revoked.organization} is revoked")
