"""``orqo-vault show``: one credential, all but its value."""

from __future__ import annotations

from collections.abc import Iterator

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.list import as_object, said
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import id_argument, json_option, pass_invocation
from orqo_vault.cli.printing import print_facts, print_json, print_table
from orqo_vault.credential import BoundField, Credential
from orqo_vault.planner.lookup import lookup
from orqo_vault.settings.model import Settings
from orqo_vault.vault.listing import Listed, listed

COLUMNS = ("Field", "Kept in", "Required", "Variables")


@click.command("show", cls=Command)
@id_argument
@json_option
@pass_invocation
def command(invocation: Invocation, credential_id: str, as_json: bool) -> None:
    """Show how one credential is declared, and which variables it sets. Reads no secret."""
    settings = invocation.settings()
    lookup(settings.credentials, credential_id, "credential")
    row = next(each for each in listed(invocation.vault()) if each.credential.id == credential_id)
    contract = settings.contracts[credential_id]
    if as_json:
        print_json({**as_object(row), **_more(row), "fields": [_field(row, each) for each in contract]})
        return
    print_facts(_facts(row, settings))
    click.echo()
    print_table(COLUMNS, (_cells(row.credential, each) for each in contract))


def _facts(row: Listed, settings: Settings) -> Iterator[tuple[str, str]]:
    each = row.credential
    yield "id", each.id
    yield "name", each.name
    yield "key", each.key
    yield "category", each.category.value
    yield "type", each.type
    yield "value", row.value
    if each.backend is not None:
        yield "backend", f"{each.backend} ({settings.backends[each.backend].type})"
        yield "path", f"{each.at.get('path', '')}{' (referenced, not owned)' if each.referenced else ''}"
    if each.kept_in is not None:
        yield "kept secret", f"{each.kept_at.get('path', '')} in {each.kept_in}, for the way back"
    optional = {
        "provider": each.provider,
        "description": each.description,
        "expires": each.expires_at.isoformat() if each.expires_at else None,
        "optional": "yes" if each.optional else None,
        "enabled": None if each.enabled else "no",
        "used by": ", ".join(row.used_by),
        "status": ": ".join(part for part in (said(row.status), row.status.reason) if part),
    }
    yield from ((name, value) for name, value in optional.items() if value)


def _more(row: Listed) -> dict[str, object]:
    each = row.credential
    return {
        "provider": each.provider,
        "description": each.description,
        "optional": each.optional,
        "expires_at": each.expires_at.isoformat() if each.expires_at else None,
        "at": dict(each.at),
        "referenced": each.referenced,
        "kept_in": each.kept_in,
        "kept_at": dict(each.kept_at),
        "test": dict(each.test),
        "status_reason": row.status.reason,
    }


def _field(row: Listed, bound: BoundField) -> dict[str, object]:
    declared = row.credential.values.get(bound.name)
    return {
        "name": bound.name,
        "secret": bound.secret,
        "required": bound.required,
        "default": bound.default,
        "value": declared if declared is not None else row.value,
        "declared": declared is not None,
        "stored_as": bound.stored_as,
        "variables": list(bound.variables),
        "deliver": bound.deliver,
    }


def _cells(credential: Credential, bound: BoundField) -> tuple[str, ...]:
    declared = credential.values.get(bound.name)
    kept = f"settings: {declared}" if declared is not None else credential.backend or "platform"
    if bound.default is not None and declared is None:
        kept = f"{kept}, else {bound.default}"
    return bound.name, kept, "yes" if bound.required else "", ", ".join(bound.variables)
