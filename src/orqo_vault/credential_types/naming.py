"""Which variables each field of a credential becomes.

``{KEY}`` carries the primary secret, ``{KEY}{SUFFIX}`` carries each field, and ``env:`` in the settings renames,
aliases or drops. A field whose suffix is empty owns ``{KEY}`` itself. What is delivered as a file sets the same names
with ``_FILE`` after them.
"""

from __future__ import annotations

from collections.abc import Iterable

from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.credential_types.lookup import PRIMARY, unknown_field
from orqo_vault.errors import EnvironmentConflictError, InvalidFieldError
from orqo_vault.variables import AGENT_SOCKET


def bind(credential: Credential, type: CredentialType) -> tuple[BoundField, ...]:
    """Return the credential's fields with the variables they set, in the type's order.

    A field that is not handed to the run is not required of it, and in platform mode nothing is required of
    storage. Names are not judged here: that is :func:`orqo_vault.variables.refusal`. Raises
    :class:`~orqo_vault.errors.InvalidFieldError` for a name the type does not have, and
    :class:`~orqo_vault.errors.EnvironmentConflictError` when two fields would set one variable.
    """
    fields = type.fields_of(credential)
    primary = type.primary_of(credential)
    _refuse_unknown_names(credential, fields, primary)
    bound = tuple(_bound(credential, field, field.name == primary) for field in fields)
    _refuse_shared_variables(credential, bound)
    _refuse_shared_storage(credential, bound)
    return bound


def ends_in_own_suffix(credential: Credential, type: CredentialType) -> str | None:
    """Return a warning when the key already ends in a suffix that will be added to it, None when it does not."""
    suffixes = {
        suffix
        for field in type.fields_of(credential)
        if field.name not in credential.env
        for suffix in field.suffixes
        if suffix and credential.key.endswith(suffix) and credential.key != suffix
    }
    if not suffixes:
        return None
    suffix = max(suffixes, key=len)
    shorter = credential.key.removesuffix(suffix)
    return (
        f"credential {credential.id!r}: key {credential.key} already ends in {suffix}, which gives "
        f"{credential.key}{suffix}; with key: {shorter} the variable would be {credential.key}"
    )


def _bound(credential: Credential, field: Field, is_primary: bool) -> BoundField:
    deliver = credential.deliver.get(field.name, field.deliver)
    said = credential.files.get(field.name, {})
    variables = _leading_there(deliver, said.get("variable"), _variables(credential, field, is_primary))
    wanted = bool(variables) or deliver != "env"
    return BoundField(
        name=field.name,
        stored_as=credential.fields.get(field.name, field.name),
        secret=field.secret,
        required=field.required and wanted and credential.mode is Mode.OWN,
        default=field.default,
        variables=variables,
        deliver=deliver,
        file_name=said.get("name"),
        link=said.get("path"),
    )


def _leading_there(deliver: str, renamed: str | None, variables: tuple[str, ...]) -> tuple[str, ...]:
    """Return the variables that say where a field is, for those that would have held its value."""
    if deliver == "env":
        return variables
    if deliver == "agent":
        return (AGENT_SOCKET,)
    return (renamed,) if renamed is not None else tuple(f"{variable}_FILE" for variable in variables)


def _variables(credential: Credential, field: Field, is_primary: bool) -> tuple[str, ...]:
    renamed = credential.env.get(field.name)
    own = renamed if renamed is not None else tuple(f"{credential.key}{suffix}" for suffix in field.suffixes)
    if not is_primary:
        return _once(own)
    if PRIMARY not in credential.env:
        return _once(own if "" in field.suffixes else (credential.key, *own))
    beside = own if renamed is not None else [name for name in own if name != credential.key]
    return _once((*credential.env[PRIMARY], *beside))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _refuse_unknown_names(credential: Credential, fields: tuple[Field, ...], primary: str | None) -> None:
    known = [field.name for field in fields]
    twice = next((name for name in known if known.count(name) > 1), None)
    if twice is not None:
        raise InvalidFieldError(f"credential {credential.id!r}: field {twice!r} is listed twice")
    if PRIMARY in known:
        raise InvalidFieldError(
            f"credential {credential.id!r}: a field may not be called {PRIMARY!r}: env uses that word",
            hint="give the field another name",
        )
    if primary is None and PRIMARY in credential.env:
        raise InvalidFieldError(
            f"credential {credential.id!r} ({credential.type}) has no primary secret",
            hint="name the field under env: instead",
        )
    renamed = [name for name in credential.env if name != PRIMARY]
    for names in (credential.fields, credential.values, renamed, credential.deliver, credential.encoding):
        for name in names:
            if name not in known:
                raise unknown_field(credential, name, known)


def _refuse_shared_variables(credential: Credential, bound: tuple[BoundField, ...]) -> None:
    owner: dict[str, str] = {}
    for field in bound:
        for variable in field.variables if field.deliver != "agent" else ():  # one agent holds many keys
            other = owner.setdefault(variable, field.name)
            if other != field.name:
                raise EnvironmentConflictError(
                    f"credential {credential.id!r}: fields {other!r} and {field.name!r} would both set {variable}",
                    hint=f"rename one: env: {{{field.name}: OTHER_NAME}}",
                )


def _refuse_shared_storage(credential: Credential, bound: tuple[BoundField, ...]) -> None:
    # Reading would work; the next write would keep one of the two values and lose the other.
    owner: dict[str, str] = {}
    for field in bound:
        other = owner.setdefault(field.stored_as, field.name)
        if other != field.name:
            raise InvalidFieldError(
                f"credential {credential.id!r}: fields {other!r} and {field.name!r} are both kept as "
                f"{field.stored_as!r}",
                hint="give one of them another name under fields:",
            )
