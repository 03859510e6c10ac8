"""``orqo-vault gateway enrol``: a token with which an organization's hosts ask for run tokens."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.operators_file import operators_file
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json, print_text


@click.command("enrol", cls=Command)
@click.argument("organization", metavar="ORG")
@click.option("--label", default="", metavar="TEXT", help="For whom or which host, so that you know it again.")
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str, label: str, as_json: bool) -> None:
    """Make an enrolment for ORG and print its token: this once, for it is stored nowhere.

    Whoever has it can spend the organization's credits. Hand it over so that nobody else sees it.
    """
    from orqo_vault.gateway.enrolments import Enrolments
    from orqo_vault.gateway.opening import checked_organization, opened_ledger

    operator = operators_file(invocation)
    with opened_ledger(operator) as (_, database):
        made, token = Enrolments(database).make(checked_organization(operator, organization), label)
    if as_json:
        print_json({"id": made.id, "organization": made.organization, "token": token.reveal()})
        return
    invocation.say(f"enrolment {made.id} of {made.organization}; its token is shown this once:")
    print_text(token.reveal())
