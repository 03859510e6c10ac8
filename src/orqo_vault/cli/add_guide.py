"""Guides a person from category to type to key; what was said on the command line is not asked."""

from __future__ import annotations

import re
from typing import Any

import click

from orqo_vault.cli.prompts import ask, ask_choice
from orqo_vault.cli.usage import UsageError
from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types import CredentialType
from orqo_vault.credential_types.categories import ABOUT
from orqo_vault.credential_types.naming import bind, ends_in_own_suffix
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed
from orqo_vault.settings.model import Settings
from orqo_vault.variables import refusal

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def guided(settings: Settings, credential_id: str | None, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the id and the entry, asking for what is missing."""
    entry = dict(said)
    entry["category"] = entry.get("category") or ask_choice(
        "Category", [(each.value, ABOUT[each]) for each in Category]
    )
    entry["type"] = entry.get("type") or ask_choice("Type", offered(Category(entry["category"])))
    type = credential_type(entry["type"])
    if not type.fields and "fields" not in entry:
        entry["fields"] = [name for name in re.split(r"[,\s]+", ask("Fields (names, separated by commas)")) if name]
    if credential_id is None:
        entry["name"] = entry.get("name") or ask("Name", check=_not_empty)
        credential_id = ask("Id", default=_id_from(entry["name"]), check=lambda answer: _new_id(settings, answer))
    else:
        _new_id(settings, credential_id)
        entry["name"] = entry.get("name") or ask("Name", default=credential_id)
    if "key" not in entry:
        entry["key"] = _ask_key(credential_id, entry, type)
    if len(settings.backends) > 1 and entry.get("mode") != "platform" and "backend" not in entry:
        choices = [(each.name, each.type) for each in settings.backends.values()]
        entry["backend"] = ask_choice("Backend", choices, default=settings.default_backend or "")
    return credential_id, entry


def offered(category: Category) -> list[tuple[str, str]]:
    """Return the types: those that are offered for the category first, and of them the most special ones."""
    types = [credential_type(name) for name in installed(CREDENTIAL_TYPES)]
    types.sort(key=lambda each: (category not in each.categories, len(each.categories)))
    return [(each.name, each.label) for each in types]


def preview(credential_id: str, entry: dict[str, Any], type: CredentialType, key: str) -> tuple[list[str], str | None]:
    """Return the variables a key would give, and what is probably not meant about it."""
    renamed: dict[str, str | list[str]] = entry.get("env", {})
    credential = Credential(
        id=credential_id,
        name=str(entry["name"]),
        key=key,
        category=Category(entry["category"]),
        type=type.name,
        custom_fields=tuple(entry.get("fields", ())),
        env={field: (names,) if isinstance(names, str) else tuple(names) for field, names in renamed.items()},
    )
    names = [variable for bound in bind(credential, type) for variable in bound.variables]
    return names, ends_in_own_suffix(credential, type)


def _ask_key(credential_id: str, entry: dict[str, Any], type: CredentialType) -> str:
    default = re.sub(r"[^A-Z0-9_]", "_", credential_id.upper())
    default = f"_{default}" if default[:1].isdigit() else default
    while True:
        key = ask("Key (the variable, or the prefix of several)", default=default, check=_variable)
        names, warning = preview(credential_id, entry, type, key)
        click.echo(f"  a run will find: {', '.join(names)}", err=True)
        unsafe = [f"{name} {reason}" for name in names if (reason := refusal(name)) is not None]
        if unsafe:
            click.echo(f"  that cannot be: {'; '.join(unsafe)}", err=True)
            continue
        if warning:
            click.echo(f"  {warning}", err=True)
        if click.confirm("  right?", default=not warning, err=True):
            return key
        default = key


def _id_from(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]


def _not_empty(answer: str) -> None:
    if not answer:
        raise UsageError("it needs one")


def _new_id(settings: Settings, answer: str) -> None:
    if not _ID.fullmatch(answer):
        raise UsageError(
            "an id is lower-case letters, digits, '-' and '_', at most 64, and begins with none of the signs"
        )
    if answer in settings.credentials:
        raise UsageError(f"credential {answer!r} is already declared", hint=f"orqo-vault edit {answer} changes it")


def _variable(answer: str) -> None:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", answer):
        raise UsageError("a variable is A-Z, 0-9 and _, without a digit at its head")
