"""Makes the environment of a run, whole or not at all.

A field's value stands in the settings (``values:``), else in the secret, else in the type's default. An optional
field that is empty is as good as absent. A required field that is stored empty is set empty: what was stored is
what the run gets, byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.errors import MissingSecretsError, NoPlatformProviderError
from orqo_vault.injector.carriage import refuse_unfit, refuse_unfit_for_files
from orqo_vault.injector.claims import claims, file_name
from orqo_vault.injector.content import decoded_text
from orqo_vault.injector.environment import Environment
from orqo_vault.secret import Secret, SecretValue

if TYPE_CHECKING:
    from orqo_vault.injector.delivery import Delivery

PASSPHRASE = "passphrase"  # noqa: S105  # a field's name: what opens the key of the same credential in an agent


class Selected(NamedTuple):
    """A credential of the run, its fields, and its secret in our field names; None when nothing is stored."""

    credential: Credential
    fields: tuple[BoundField, ...]
    secret: Secret | None


class _Present(NamedTuple):
    """A field that has a value."""

    credential: Credential
    field: BoundField
    value: SecretValue
    secret: Secret | None


def build_environment(selected: Sequence[Selected], *, allow: Collection[str] = ()) -> Environment:
    """Return the variables of the run and what is to be delivered beside them, or raise: all of it or nothing.

    Raises what :func:`claims` raises; :class:`~orqo_vault.errors.MissingSecretsError` naming every required field
    that has no value (an optional credential is left out instead, whole);
    :class:`~orqo_vault.errors.InvalidFieldError` for a value no environment can carry;
    :class:`~orqo_vault.errors.DeliveryError` for one that is too large.
    """
    origins = claims({each.credential.id: each.fields for each in selected}, allow=allow)
    ready = [each for each in selected if not (each.credential.optional and _lacks_something(each))]
    _refuse_missing(ready)
    present = list(_present(ready))
    return Environment(
        dict(_variables(present)),
        origins,
        deliveries=[_delivery(each) for each in present if each.field.deliver != "env"],
        secrets=_secrets(present),
    )


def _present(ready: Iterable[Selected]) -> Iterator[_Present]:
    for each in ready:
        for field in each.fields:
            value = field_value(each, field)
            if value is not None and (field.variables or field.deliver != "env"):
                yield _Present(each.credential, field, value, each.secret)


def _variables(present: Iterable[_Present]) -> Iterator[tuple[str, SecretValue]]:
    for credential, field, value, _ in present:
        for variable in field.variables if field.deliver == "env" else ():
            refuse_unfit(credential, field, variable, value)
            yield variable, value


def _delivery(present: _Present) -> Delivery:
    from orqo_vault.injector.delivery import Delivery  # few runs have one

    credential, field, value, secret = present
    refuse_unfit_for_files(credential, field, value)
    return Delivery(
        credential=credential.id,
        field=field.name,
        how=field.deliver,
        variables=field.variables,
        value=value,
        secret=field.secret,
        base64=field.name in credential.encoding,
        file_name=file_name(credential.id, field),
        link=field.link,
        passphrase=secret.get(PASSPHRASE) if field.deliver == "agent" and secret is not None else None,
    )


def _secrets(present: Iterable[_Present]) -> Iterator[SecretValue]:
    for credential, field, value, _ in present:
        if field.secret:
            yield value
            text = decoded_text(value) if field.name in credential.encoding else None
            if text is not None:
                yield text


def field_value(selected: Selected, field: BoundField) -> SecretValue | None:
    """Return the value that a run would get for this field, None when it has none."""
    declared = selected.credential.values.get(field.name)
    stored = selected.secret.get(field.name) if selected.secret is not None else None
    value = SecretValue(declared) if declared is not None else stored
    if value is not None and (value or field.required):
        return value
    return SecretValue(field.default) if field.default is not None else None


def _missing(selected: Selected) -> list[str]:
    return [
        f"{selected.credential.id}.{field.name}"
        for field in selected.fields
        if field.required and field_value(selected, field) is None
    ]


def _lacks_something(selected: Selected) -> bool:
    return bool(_missing(selected)) or _lacks_platform_key(selected)


def _lacks_platform_key(selected: Selected) -> bool:
    # Nothing of a platform credential is required of storage, so its absence shows here or nowhere.
    return selected.credential.mode is Mode.PLATFORM and selected.secret is None


def _refuse_missing(ready: Iterable[Selected]) -> None:
    without_key = [each.credential.id for each in ready if _lacks_platform_key(each)]
    if without_key:
        raise NoPlatformProviderError(f"{', '.join(without_key)}: a platform key is wanted and none was supplied")
    missing = [name for each in ready for name in _missing(each)]
    if missing:
        raise MissingSecretsError(
            f"not stored: {', '.join(missing)}",
            hint=f"orqo-vault set {missing[0].partition('.')[0]}, or declare the credential optional: true",
        )
