"""One credential, all but its values: how it is declared, what it sets, who needs it, what is stored for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.credential_types import Field
from orqo_vault.edit.usage import same_place, uses, uses_of_llm
from orqo_vault.errors import OrqoVaultError
from orqo_vault.planner.lookup import lookup
from orqo_vault.plugins import credential_type
from orqo_vault.vault import Vault
from orqo_vault.vault.reading import read_secrets
from orqo_vault.web.service.revisions import revision_of
from orqo_vault.web.service.rows import Row, row_of

Kept = Literal["settings", "backend", "platform"]


@dataclass(frozen=True, slots=True)
class FieldState:
    """One field of a credential. ``value`` is what stands in the settings file; of what is stored there is none."""

    name: str
    label: str
    secret: bool
    required: bool
    multiline: bool
    derived: bool
    choices: tuple[str, ...]
    default: str | None
    kept_in: Kept
    value: str | None
    variables: tuple[str, ...]
    deliver: str
    stored_as: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One credential. ``revision`` changes with every change of its declaration."""

    row: Row
    revision: str
    at: Mapping[str, Any]
    fields: tuple[FieldState, ...]
    env: Mapping[str, tuple[str, ...]]
    test: Mapping[str, Any]
    shares_secret_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredFields:
    """Which fields are stored. ``known`` is False where that could not be found out; ``reason`` says why."""

    known: bool
    fields: tuple[str, ...] = ()
    version: str | None = None
    missing: tuple[str, ...] = ()
    """The required ones that are not stored: what it takes before a run can use it."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Uses:
    """Who needs a credential."""

    llm: tuple[str, ...]
    runs: tuple[str, ...]
    runs_through_llm: Mapping[str, tuple[str, ...]]
    """LLM config → the runs that need it."""
    shares_secret_with: tuple[str, ...]


def detail_of(vault: Vault, credential_id: str) -> Detail:
    """Return one credential. Reads no secret and asks no backend."""
    credential = lookup(vault.credentials, credential_id, "credential")
    fields = {field.name: field for field in credential_type(credential.type).fields_of(credential)}
    contract = vault.settings.contracts[credential_id]
    return Detail(
        row=row_of(vault, credential_id),
        revision=revision_of(credential),
        at=credential.at,
        fields=tuple(_state(credential, fields[bound.name], bound) for bound in contract),
        env=credential.env,
        test=credential.test,
        shares_secret_with=same_place(vault.settings, credential_id),
    )


def stored_fields(vault: Vault, credential_id: str) -> StoredFields:
    """Return the names of the fields that are stored for a credential; what they hold stays here.

    A secret that its backend makes anew for whoever reads it is not read.
    """
    credential = lookup(vault.credentials, credential_id, "credential")
    if credential.mode is Mode.PLATFORM:
        return StoredFields(known=True)
    contract = vault.settings.contracts[credential_id]
    try:
        if vault.backends.place(credential)[1].made_when_read:
            return StoredFields(known=False, reason="its backend makes a new one for each run")
        found = read_secrets(vault.backends, [credential], vault.settings.contracts, vault.surroundings.seconds)
    except OrqoVaultError as error:
        return StoredFields(known=False, reason=str(error))
    stored = found.get(credential_id)
    names = stored.secret.names if stored is not None else ()
    required = [bound.name for bound in contract if bound.required and bound.name not in credential.values]
    return StoredFields(
        known=True,
        fields=names,
        version=stored.version if stored is not None else None,
        missing=tuple(name for name in required if name not in names),
    )


def uses_of(vault: Vault, credential_id: str) -> Uses:
    """Return who needs a credential."""
    lookup(vault.credentials, credential_id, "credential")
    named = [each.split(" ", 1) for each in uses(vault.settings, credential_id)]
    llm = tuple(name for kind, name in named if kind == "llm")
    return Uses(
        llm=llm,
        runs=tuple(name for kind, name in named if kind == "run"),
        runs_through_llm={
            name: tuple(run.removeprefix("run ") for run in uses_of_llm(vault.settings, name)) for name in llm
        },
        shares_secret_with=same_place(vault.settings, credential_id),
    )


def _state(credential: Credential, field: Field, bound: BoundField) -> FieldState:
    declared = credential.values.get(field.name)
    kept: Kept = "settings" if declared is not None else "platform" if credential.backend is None else "backend"
    return FieldState(
        name=field.name,
        label=field.label,
        secret=field.secret,
        required=field.required,
        multiline=field.multiline,
        derived=field.derived,
        choices=field.choices,
        default=field.default,
        kept_in=kept,
        value=declared,
        variables=bound.variables,
        deliver=bound.deliver,
        stored_as=bound.stored_as,
    )
