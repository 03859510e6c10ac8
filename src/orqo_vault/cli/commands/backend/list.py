"""``orqo-vault backend list``: the declared backends."""

from __future__ import annotations

from collections import Counter

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table

COLUMNS = ("Name", "Type", "Default", "Read only", "Credentials")


@click.command("list", cls=Command)
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, plain: bool, as_json: bool) -> None:
    """List the declared backends. Opens none of them."""
    settings = invocation.settings()
    used = Counter(each.backend for each in settings.credentials.values())
    rows = [
        {
            "name": each.name,
            "type": each.type,
            "default": each.name == settings.default_backend,
            "read_only": each.options.get("read_only") is True,
            "credentials": used[each.name],
        }
        for each in settings.backends.values()
    ]
    if as_json:
        print_json({"backends": rows})
        return
    if not rows:
        invocation.say("no backend is declared")
    print_table(COLUMNS, ([_cell(value) for value in row.values()] for row in rows), plain=plain)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)
