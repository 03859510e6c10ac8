"""Reads ``deliver:`` of a credential: how its fields reach a run, and where their files are."""

from __future__ import annotations

from orqo_vault.credential import Credential
from orqo_vault.credential_types import CredentialType
from orqo_vault.settings.draft import Draft
from orqo_vault.settings.schema import CredentialEntry


def ways_of(entry: CredentialEntry) -> dict[str, str]:
    """Return field → how, also of what is written in the long form. One word alone is for the primary secret."""
    said = entry.deliver if isinstance(entry.deliver, dict) else {}
    return {field: way if isinstance(way, str) else way.way for field, way in said.items()}


def files_of(entry: CredentialEntry) -> dict[str, dict[str, str]]:
    """Return field → what its long form says about the file."""
    said = entry.deliver if isinstance(entry.deliver, dict) else {}
    return {
        field: way.model_dump(exclude={"way"}, exclude_none=True)
        for field, way in said.items()
        if not isinstance(way, str)
    }


def check_deliveries(credential: Credential, type: CredentialType, draft: Draft) -> None:
    """Raise for a field that cannot be delivered as it is said."""
    if not credential.deliver:
        return
    path = ("credentials", credential.id, "deliver")
    fields = {field.name: field for field in type.fields_of(credential)}
    for name, way in credential.deliver.items():
        said = credential.files.get(name, {})
        where = (*path, name) if draft.layers.source((*path, name)) is not None or said else path
        if way == "agent" and not fields[name].agent:
            draft.refuse(where, "only a private SSH key can be in an agent", hint="use file or memfd")
        for key in ("name", "path") if way != "file" else ():
            if key in said:
                draft.refuse((*path, name, key), f"only a file has a {key}")
        if "path" in said and not fields[name].secret:
            # Its value stands in this file: a project could put whatever it likes into somebody's home.
            draft.refuse((*path, name, "path"), "a fixed path is for secrets only", hint="use its _FILE variable")
