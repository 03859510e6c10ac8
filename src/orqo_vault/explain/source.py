"""Where one variable comes from: the credential, the field, what gave it its name, and where its value is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orqo_vault.credential import PLATFORM_KEY, BoundField, Credential, Mode
from orqo_vault.credential_types.lookup import PRIMARY
from orqo_vault.credential_types.naming import bind
from orqo_vault.errors import CredentialError, Location
from orqo_vault.plugins import credential_type
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.model import Settings
from orqo_vault.settings.origins import declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One variable of one field; ``variable`` is None where the field is not handed to a run."""

    variable: str | None
    credential: str
    field: str
    secret: bool
    required: bool
    deliver: str
    named_by: str
    """What gave it its name, or took it away, in words."""
    named_at: tuple[Location, ...]
    """Where that stands: the place that counts first, then what it replaces in lower layers."""
    instead_of: tuple[str, ...]
    """The names that the type would have given, where ``env`` gave others."""
    value_from: str
    """Where its value is, in words; a value only where it is a public one of the settings file or a default."""
    value_at: tuple[Location, ...]
    mode: str
    backend: str | None
    path: str | None
    stored_as: str


def sources(settings: Settings, layers: Layers, credential: Credential) -> Iterator[Source]:
    """Yield every variable of the credential, field by field, and every field that becomes none."""
    natural = _natural(credential)
    for bound in settings.contracts[credential.id]:
        for variable in bound.variables or (None,):
            yield _source(settings, layers, credential, bound, variable, natural.get(bound.name, ()))


def dropped(settings: Settings, layers: Layers, name: str) -> Iterator[Source]:
    """Yield the fields whose type would have set ``name``, and whose credential says otherwise."""
    for credential in settings.credentials.values():
        if not credential.env:
            continue
        natural = _natural(credential)
        for bound in settings.contracts[credential.id]:
            names = natural.get(bound.name, ())
            if name in names and name not in bound.variables:
                first = bound.variables[0] if bound.variables else None
                yield _source(settings, layers, credential, bound, first, names)


def _natural(credential: Credential) -> dict[str, tuple[str, ...]]:
    """Return the variables that each field would set if the credential had no ``env``."""
    try:
        contract = bind(replace(credential, env={}), credential_type(credential.type))
    except CredentialError:
        return {}
    return {bound.name: bound.variables for bound in contract}


def _source(
    settings: Settings,
    layers: Layers,
    credential: Credential,
    bound: BoundField,
    variable: str | None,
    natural: tuple[str, ...],
) -> Source:
    entry: KeyPath = ("credentials", credential.id)
    named_by, path = _name(credential, bound, variable, natural)
    value_from, value_path = _value(settings, layers, credential, bound)
    own = credential.mode is Mode.OWN and bound.name not in credential.values
    return Source(
        variable=variable,
        credential=credential.id,
        field=bound.name,
        secret=bound.secret,
        required=bound.required,
        deliver=bound.deliver,
        named_by=named_by,
        named_at=declarations(layers, (*entry, *path)),
        instead_of=tuple(each for each in natural if each not in bound.variables),
        value_from=value_from,
        value_at=declarations(layers, value_path),
        mode=credential.mode.value,
        backend=credential.backend if own else None,
        path=str(credential.at.get("path", "")) if own else None,
        stored_as=bound.stored_as,
    )


def _name(
    credential: Credential, bound: BoundField, variable: str | None, natural: tuple[str, ...]
) -> tuple[str, KeyPath]:
    for name, variables in credential.env.items():
        if (
            variable is None
            and not variables
            and (name == bound.name or (name == PRIMARY and credential.key in natural))
        ):
            return f"env: {{{name}: null}} keeps it out of the run", ("env", name)
        if variable is not None and variable in variables:
            return f"env: {name}", ("env", name)
    if variable is None:
        return "nothing: its type hands it to no run", ("type",)
    if variable == credential.key:
        return "key", ("key",)
    return f"key {credential.key} and what the type adds for {bound.name}", ("key",)


def _value(settings: Settings, layers: Layers, credential: Credential, bound: BoundField) -> tuple[str, KeyPath]:
    """Return where the value is, in words, and the place in the settings that says so."""
    entry: KeyPath = ("credentials", credential.id)
    if bound.name in credential.values:
        return "values: in the settings file", (*entry, "values", bound.name)
    if credential.backend is None:
        return PLATFORM_KEY, (*entry, "mode")
    backend = settings.backends[credential.backend]
    default = f", else the type's default {bound.default!r}" if bound.default is not None else ""
    place = f"backend {backend.name} ({backend.type}), path {credential.at.get('path', '')}, field {bound.stored_as}"
    saying: list[KeyPath] = [(*entry, "path"), (*entry, "at"), (*entry, "backend"), ("default_backend",)]
    said = next((path for path in saying if declarations(layers, path)), ("backends", backend.name))
    return f"{place}{default}", said
