"""``orqo-vault list``: every credential, masked."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from orqo_vault.cli.ago import ago
from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.vault.listing import Listed, listed
from orqo_vault.vault.status import Status

COLUMNS = ("Id", "Name", "Key", "Category", "Type", "Value", "Status", "Backend", "Used by")


@click.command("list", cls=Command)
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, plain: bool, as_json: bool) -> None:
    """List the declared credentials. Reads no secret: the value is always a mask, or "Platform key"."""
    rows = listed(invocation.vault())
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
        "status": row.status.word or None,
        "tested_at": row.status.tested_at.isoformat() if row.status.tested_at else None,
    }


def said(status: Status) -> str:
    """Return a status for people: ``OK (2 h ago)``."""
    word = "OK" if status.word == "ok" else status.word.replace("_", " ")
    return f"{word} ({ago(status.tested_at, datetime.now(UTC))})" if status.tested_at else word


def _cells(row: Listed) -> tuple[str, ...]:
    each = row.credential
    id_ = each.id if each.enabled else f"{each.id} (disabled)"
    used = ", ".join(row.used_by)
    return (
        id_,
        each.name,
        each.key,
        each.category.value,
        each.type,
        row.value,
        said(row.status),
        each.backend or "",
        used,
    )
