"""``orqo-vault gateway revoke``: an enrolment that is not to be used any more."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.operators_file import operators_file
from orqo_vault.cli.options import pass_invocation


@click.command("revoke", cls=Command)
@click.argument("enrolment", metavar="ID")
@pass_invocation
def command(invocation: Invocation, enrolment: str) -> None:
    """Revoke the enrolment ID, and at once every run token that was lent on it.

    "gateway enrolments" shows the ids. What is on its way at a provider still ends, and is charged.
    """
    from orqo_vault.gateway.enrolments import Enrolments
    from orqo_vault.gateway.opening import opened_ledger

    with opened_ledger(operators_file(invocation)) as (_, database):
        revoked = Enrolments(database).revoke(enrolment)
    invocation.say(f"enrolment {revoked.id} of {revoked.organization} is revoked")
