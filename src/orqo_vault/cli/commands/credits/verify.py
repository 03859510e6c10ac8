"""``orqo-vault credits verify``: adds everything up again."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_option
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.errors import LedgerDiffersError

COLUMNS = ("Organization", "What", "Expected", "Found")


@click.command("verify", cls=Command)
@organization_option
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, organization: str | None, plain: bool, as_json: bool) -> None:
    """Add up all entries again and show every kept figure that differs, in micro-credits. Exit 8 where one does.

    It reads one moment, so it can run at any time; it reads everything, so it takes seconds for a million entries.
    """
    access = opened(invocation)
    access.require_operator()
    names = access.known() if organization is None else [access.account(organization)]
    found = [each for name in names for each in access.ledger.verify(name)]
    if as_json:
        differing = [
            {"organization": each.organization, "what": each.what, "expected": each.expected, "found": each.found}
            for each in found
        ]
        print_json({"ok": not found, "organizations": names, "differing": differing})
    else:
        rows = ((each.organization, each.what, str(each.expected), str(each.found)) for each in found)
        print_table(COLUMNS, rows, plain=plain)
    if found:
        raise LedgerDiffersError(
            f"the ledger does not add up: {len(found)} figures differ",
            hint="grant nothing and keep a copy of the ledger before anything else is written",
        )
    invocation.say(f"everything adds up; organizations: {len(names)}")
