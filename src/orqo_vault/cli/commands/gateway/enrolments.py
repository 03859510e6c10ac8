"""``orqo-vault gateway enrolments``: which there are."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table

COLUMNS = ("Id", "Organization", "Label", "Made", "Revoked")


@click.command("enrolments", cls=Command)
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, plain: bool, as_json: bool) -> None:
    """List the enrolments, the revoked ones too. No token is shown; none is stored."""
    from orqo_vault.gateway.enrolling import enrolments

    rows = [
        (
            each.id,
            each.organization,
            each.label,
            f"{each.made_at:%Y-%m-%d %H:%M}",
            f"{each.revoked_at:%Y-%m-%d %H:%M}" if each.revoked_at else "",
        )
        for each in enrolments(opened(invocation))
    ]
    if as_json:
        keys = [name.lower() for name in COLUMNS]
        print_json({"enrolments": [dict(zip(keys, row, strict=True)) for row in rows]})
    else:
        print_table(COLUMNS, rows, plain=plain)
