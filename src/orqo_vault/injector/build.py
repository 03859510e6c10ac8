"""Makes the environment of a run, whole or not at all.

A field's value stands in the settings (``values:``), else in the secret, else in the type's default. An optional
field that is empty is as good as absent. A required field that is stored empty is set empty: what was stored is
what the run gets, byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.errors import DeliveryError, MissingSecretsError, NoPlatformProviderError
from orqo_vault.injector.carriage import refuse_unfit
from orqo_vault.injector.claims import claims
from orqo_vault.injector.environment import Environment
from orqo_vault.secret import Secret, SecretValue


class Selected(NamedTuple):
    """A credential of the run, its fields, and its secret in our field names; None when nothing is stored."""

    credential: Credential
    fields: tuple[BoundField, ...]
    secret: Secret | None


def build_environment(selected: Sequence[Selected], *, allow: Collection[str] = ()) -> Environment:
    """Return the variables of the run, or raise: all of them or none.

    Raises what :func:`claims` raises; :class:`~orqo_vault.errors.MissingSecretsError` naming every required field
    that has no value (an optional credential is left out instead, whole);
    :class:`~orqo_vault.errors.InvalidFieldError` for a value no environment can carry;
    :class:`~orqo_vault.errors.DeliveryError` for one that is too large, or that is not to go to the environment.
    """
    origins = claims({each.credential.id: each.fields for each in selected}, allow=allow)
    _refuse_other_deliveries(selected)
    ready = [each for each in selected if not (each.credential.optional and _lacks_something(each))]
    _refuse_missing(ready)
    return Environment(dict(_variables(ready)), origins)


def _variables(ready: Iterable[Selected]) -> Iterator[tuple[str, SecretValue]]:
    for each in ready:
        for field in each.fields:
            value = _value(each, field)
            if value is None:
                continue
            for variable in field.variables:
                refuse_unfit(each.credential, field, variable, value)
                yield variable, value


def _value(selected: Selected, field: BoundField) -> SecretValue | None:
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
        if field.required and _value(selected, field) is None
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


def _refuse_other_deliveries(selected: Iterable[Selected]) -> None:
    others = [
        f"{each.credential.id}.{field.name} ({field.deliver})"
        for each in selected
        for field in each.fields
        if field.deliver != "env"
    ]
    if others:
        raise DeliveryError(
            f"delivery other than env is not available yet: {', '.join(others)}",
            hint="remove deliver: from the credential, and the value goes to the environment",
        )
