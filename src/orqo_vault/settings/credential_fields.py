"""What a credential says about its fields: which it names, which values stand in the file, what they are to set."""

from __future__ import annotations

import re
from typing import Any

from orqo_vault.credential import Credential
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.credential_types.checking import check_value
from orqo_vault.credential_types.lookup import PRIMARY
from orqo_vault.errors import InvalidFieldError
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.settings.schema import FIELD, CredentialEntry

SECTIONS = ("fields", "values", "env", "deliver", "encoding")
A_FIELD = re.compile(FIELD)
NOT_HERE = "a secret must not stand in the settings"


def literal_values(entry: CredentialEntry, draft: Draft, path: KeyPath) -> dict[str, str]:
    """Return ``values:`` as text, as it is written."""
    return {name: draft.text((*path, "values", name), value) for name, value in (entry.values or {}).items()}


def variables_of(entry: CredentialEntry) -> dict[str, tuple[str, ...]]:
    """Return ``env:`` with every value as a tuple; null is the empty one."""
    return {
        name: (value,) if isinstance(value, str) else tuple(value or ()) for name, value in (entry.env or {}).items()
    }


def check_fields(credential: Credential, type: CredentialType, entry: CredentialEntry, draft: Draft) -> None:
    """Raise unless every field that is named is one the credential has, and no secret is among the values."""
    path = ("credentials", credential.id)
    if not type.fields and not credential.custom_fields:
        draft.refuse(path, "lists no fields", hint="list them: fields: [tenant, api_key]")
    if type.fields and isinstance(entry.fields, list):
        hint = "to say what a field is called in the backend: fields: {OURS: THEIRS}"
        draft.refuse((*path, "fields"), "the type has its own fields; only a custom credential lists them", hint=hint)
    named = {section: names for section in SECTIONS if (names := getattr(credential, section))}
    if not named:
        return
    fields = {field.name: field for field in type.fields_of(credential)}
    for section, names in named.items():
        for name in names:
            if name not in fields and not (section == "env" and name == PRIMARY):
                hint = did_you_mean(name, fields, "fields")
                draft.refuse((*path, section, name), "the type has no such field", hint=hint, key=True)
    if len(set(credential.fields.values())) < len(credential.fields):
        draft.refuse((*path, "fields"), "two fields would have one name in the backend")
    for name, value in credential.values.items():
        _check_literal(credential, fields[name], value, draft)


def for_the_primary(key: str, word: str, credential: Credential, type: CredentialType, draft: Draft) -> dict[str, str]:
    """Return what was written as one word (``deliver: file``) as a mapping for the primary secret."""
    primary = type.primary_of(credential)
    if primary is None:
        hint = f"name the field: {key}: {{FIELD: {word}}}"
        draft.refuse(("credentials", credential.id, key), "there is no primary secret", hint=hint)
    return {primary: word}


def refuse_a_value_beside_the_keys(entry: dict[str, Any], draft: Draft, path: KeyPath) -> None:
    """Raise the error that helps most when a field's value stands directly in the entry (``password: …``)."""
    type_name = entry.get("type")
    if not isinstance(type_name, str) or type_name not in installed(CREDENTIAL_TYPES):
        return
    fields = credential_type(type_name).fields
    secret = {field.name: field.secret for field in fields}
    if not fields and isinstance(entry.get("fields"), list | dict):
        secret = {name: True for name in entry["fields"] if isinstance(name, str) and A_FIELD.fullmatch(name)}
    for name in entry:
        if name in secret and name not in CredentialEntry.model_fields:
            where = (*path, name)
            if secret[name]:
                draft.refuse(where, NOT_HERE, hint=f"store it with: orqo-vault set {path[-1]} {name}", key=True)
            draft.refuse(where, "unknown key", hint=f"write it as values: {{{name}: …}}", key=True)


def _check_literal(credential: Credential, field: Field, value: str, draft: Draft) -> None:
    path = ("credentials", credential.id, "values", field.name)
    if field.secret:
        draft.refuse(path, NOT_HERE, hint=f"store it with: orqo-vault set {credential.id} {field.name}")
    if "${" in value:
        draft.warn(path, "${…} is expanded in the settings of a backend only")
    try:
        check_value(credential, field, value)
    except InvalidFieldError as error:
        draft.refuse(path, error.message.partition(": ")[2], hint=error.hint)
