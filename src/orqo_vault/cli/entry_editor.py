"""Opens one declaration in the person's editor, and keeps what they wrote until it is valid or they give up."""

from __future__ import annotations

from typing import Any

import click

from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.usage import UsageError
from orqo_vault.edit.plain import NULL
from orqo_vault.edit.render import block
from orqo_vault.errors import OrqoVaultError
from orqo_vault.settings.document import parse

HEAD = "# Names and places only: its secret is changed with orqo-vault set.\n"


def edit_by_hand(invocation: Invocation, credential_id: str) -> bool:
    """Return True when the entry was changed, False when it was left as it is."""
    before = _declared(invocation, credential_id)
    editor = invocation.editor()
    text = HEAD + "\n".join(block(credential_id, before, column=0, step=2, levels=2)) + "\n"
    while True:
        edited = click.edit(text, extension=".yaml")
        if edited is None or edited == text:
            return False
        try:
            changes = difference(before, _read(edited, credential_id))
            if changes:
                editor.change("credentials", credential_id, changes)
            return bool(changes)
        except OrqoVaultError as error:
            click.echo(f"{error}", err=True)
            if not click.confirm("Edit it again?", default=True, err=True):
                raise
            text = edited


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what makes ``after`` of ``before``: None removes a key, a mapping changes inside."""
    changes: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, dict):
            inside = difference(old if isinstance(old, dict) else {}, value)
            changes |= {key: inside} if inside else {}
        elif key not in before or value != old or type(value) is not type(old):
            changes[key] = NULL if value is None else value  # a written null is kept: under env it says something
    return changes


def _declared(invocation: Invocation, credential_id: str) -> dict[str, Any]:
    found: dict[str, Any] = invocation.layers().data["credentials"][credential_id]
    return {key: value for key, value in found.items() if value is not None}


def _read(text: str, credential_id: str) -> dict[str, Any]:
    data = parse(text.encode(), "the edited entry").data
    entry = data.get(credential_id)
    if set(data) != {credential_id} or not isinstance(entry, dict):
        raise UsageError(f"the entry must stay one mapping under {credential_id}:", hint="an id does not change here")
    return entry
