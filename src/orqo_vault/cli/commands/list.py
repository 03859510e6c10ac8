"""``orqo-vault list``: every credential, masked."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.vault.listing import Listed, listed

COLUMNS = ("Id", "Name", "Key", "Category", "Type", "Value", "Backend", "Used by")


@click.command("list", cls=Command)
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, plain: bool, as_json: bool) -> None:
    """List the declared credentials. Reads no secret: the value is always a mask, or "Platform key"."""
    rows = listed(invocation.settings())
    if as_json:
        print_json({"credentials": [as_object(row) for row in rows]})
        return
    if not rows:
        invocation.say("no credential is declared; orqo-vault add declares one")
    print_table(COLUMNS, (_cells(row) for row in rows), plain=plain)


def as_object(row: Listed) -> dict[str, object]:
    """Return one credential for JSON; ``show`` prints the same and more."""
    each = row.credential
    return {
        "id": each.id,
        "name": each.name,
        "key": each.key,
        "category": each.category.value,
        "type": each.type,
        "mode": each.mode.value,
        "value": row.value,
        "backend": each.backend,
        "enabled": each.enabled,
        "used_by": list(row.used_by),
    }


def _cells(row: Listed) -> tuple[str, ...]:
    each = row.credential
    id_ = each.id if each.enabled else f"{each.id} (disabled)"
    used = ", ".join(row.used_by)
    return id_, each.name, each.key, each.category.value, each.type, row.value, each.backend or "", used
