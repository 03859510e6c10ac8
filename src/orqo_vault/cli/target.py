"""``ID`` and ``ID.FIELD`` on the command line. What is not a field is never quoted: it may be a value."""

from __future__ import annotations

from orqo_vault.cli.usage import UsageError
from orqo_vault.credential import Credential
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.planner.lookup import lookup
from orqo_vault.settings.model import Settings


def split_target(target: str) -> tuple[str, str | None]:
    """Return the id and the field, None where only the credential is named."""
    credential_id, dot, field = target.partition(".")
    return credential_id, field if dot else None


def credential_and_type(settings: Settings, credential_id: str) -> tuple[Credential, CredentialType]:
    """Return a declared credential and its type; raise with the nearest id."""
    from orqo_vault.plugins import credential_type

    credential = lookup(settings.credentials, credential_id, "credential")
    return credential, credential_type(credential.type)


def storable_fields(credential: Credential, type: CredentialType) -> dict[str, Field]:
    """Return the fields that are kept in the backend and that somebody must supply."""
    return {
        field.name: field
        for field in type.fields_of(credential)
        if not field.derived and field.name not in credential.values
    }


def readable_field(settings: Settings, target: str) -> tuple[str, str]:
    """Return the id and the field of ``ID[.FIELD]``; without a field the primary secret's."""
    credential_id, name = split_target(target)
    credential, type = credential_and_type(settings, credential_id)
    chosen = type.primary_of(credential) if name is None else name
    known = [bound.name for bound in settings.contracts[credential_id]]
    if chosen in known:
        return credential_id, str(chosen)
    what = "no primary secret" if name is None else "no field of that name"
    raise UsageError(f"{credential_id} has {what}", hint=f"its fields: {', '.join(known)}")


def field_named(credential: Credential, type: CredentialType, name: str) -> Field:
    """Return one of the storable fields."""
    known = storable_fields(credential, type)
    if name in known:
        return known[name]
    if name in credential.values:
        raise UsageError(
            f"{credential.id}: that field stands in the settings file",
            hint=f"change it with orqo-vault edit {credential.id} --value FIELD=TEXT",
        )
    raise UsageError(f"{credential.id}: no field of that name can be set", hint=_name_one(credential, type))


def meant_field(credential: Credential, type: CredentialType) -> Field:
    """Return the field that is meant when none is named: the primary one, where no other is required."""
    known = storable_fields(credential, type)
    primary = type.primary_of(credential)
    required = {name for name, field in known.items() if field.required}
    if primary in known and (required == {primary} or set(known) == {primary}):
        return known[str(primary)]
    raise UsageError(f"{credential.id} has several fields: say which one is meant", hint=_name_one(credential, type))


def _name_one(credential: Credential, type: CredentialType) -> str:
    return f"its fields: {', '.join(storable_fields(credential, type))}"
