"""``orqo-vault gateway enrol``: a token with which an organization's hosts ask for run tokens."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened
from orqo_vault.cli.options import json_option, pass_invocation, reason_option
from orqo_vault.cli.printing import print_json, print_text


@click.command("enrol", cls=Command)
@click.argument("organization", metavar="ORG")
@click.option("--label", default="", metavar="TEXT", help="For whom or which host, so that you know it again.")
@reason_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str, label: str, reason: str | None, as_json: bool) -> None:
    """Make an enrolment for ORG and print its token: this once, for it is stored nowhere.

    Whoever has it can spend the organization's credits. Hand it over so that nobody else sees it.
    """
    from orqo_vault.gateway.enrolling import enrol

    made, token = enrol(opened(invocation), organization, label, reason=reason)
    if as_json:
        print_json({"id": made.id, "organization": made.organization, "token": token.reveal()})
        return
    invocation.say(f"enrolment {made.id} of {made.organization}; its token is shown this once:")
    print_text(token.reveal())
