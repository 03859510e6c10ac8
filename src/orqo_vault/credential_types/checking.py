"""Checks what is about to be stored. Every complaint names credential and field, never a value."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping

from orqo_vault.credential import Credential
from orqo_vault.credential_types.checks.base64_text import check_base64
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.credential_types.lookup import get_field
from orqo_vault.errors import InvalidFieldError, without_frames
from orqo_vault.secret import Secret, SecretValue

SHORTEST_QUOTE = 4
"""Shorter values are found in any sentence."""


@without_frames
def prepare(credential: Credential, type: CredentialType, values: Mapping[str, str | SecretValue]) -> Secret:
    """Return the secret as it will be stored: every field checked, normalised by the type, derived fields added.

    A required field must be given, unless it stands under ``values:`` in the settings; an empty one is refused
    unless the type says that it may be empty. Whatever a caller gives for a derived field is replaced. Raises
    :class:`~orqo_vault.errors.InvalidFieldError`.
    """
    given = _checked(credential, type, values)
    for name in _missing(credential, type, given):
        raise _refused(credential, name, "is required")
    try:
        prepared = type.prepare(given)
    except Exception as error:
        reason = _quoting_nothing(error, given.values())
    else:
        return Secret(prepared)
    # Outside the except block: an error raised inside would keep the other, and its text, as its context.
    raise InvalidFieldError(f"credential {credential.id!r}: {reason}")


@without_frames
def prepare_update(
    credential: Credential,
    type: CredentialType,
    stored: Secret | None,
    changed: Mapping[str, str | SecretValue],
    cleared: Iterable[str] = (),
) -> Secret:
    """Return the whole secret after an edit: ``stored`` with some fields set and others cleared, checked as one.

    A required field cannot be cleared, but one that never was there may come with a later edit: until then the
    others are kept as they are given, and nothing is derived. What is stored beside the credential's own fields,
    or has moved to ``values:`` since, is left out.
    """
    dropped = {get_field(credential, type, name).name for name in cleared}
    kept = {
        field.name: stored[field.name]
        for field in type.fields_of(credential)
        if stored is not None and field.name in stored and field.name not in credential.values
    }
    left = {name: value for name, value in kept.items() if name not in dropped}
    wanted = {**left, **changed}
    missing = _missing(credential, type, wanted)
    for name in missing:
        if name in dropped:
            raise _refused(credential, name, "is required")
    return Secret(_checked(credential, type, wanted)) if missing else prepare(credential, type, wanted)


def check_value(credential: Credential, field: Field, value: str) -> None:
    """Raise :class:`~orqo_vault.errors.InvalidFieldError` unless ``value`` is one this field may have."""
    reason = _reason(credential, field, value)
    if reason is not None:
        raise _refused(credential, field.name, reason)


def _checked(credential: Credential, type: CredentialType, values: Mapping[str, str | SecretValue]) -> dict[str, str]:
    """Return the plain values, each checked on its own, without those of derived fields."""
    fields = {name: get_field(credential, type, name) for name in values}
    plain = {name: value.reveal() if isinstance(value, SecretValue) else value for name, value in values.items()}
    given = {name: value for name, value in plain.items() if not fields[name].derived}
    for name, value in given.items():
        check_value(credential, fields[name], value)
    return given


def _missing(credential: Credential, type: CredentialType, given: Container[str]) -> list[str]:
    return [
        field.name
        for field in type.fields_of(credential)
        if field.required and not field.derived and field.name not in credential.values and field.name not in given
    ]


def _reason(credential: Credential, field: Field, value: str) -> str | None:
    if not isinstance(value, str):
        return f"is text, not {type(value).__name__}"
    if not value:
        return "is required and empty" if field.required and not field.may_be_empty else None
    if "\0" in value:
        return "has a NUL character, which no environment can carry; for bytes declare encoding: base64"
    if not _is_utf8(value):
        return "is not valid text (UTF-8); for bytes declare encoding: base64"
    if field.name in credential.encoding:
        return _complaint(check_base64, value)
    if field.choices and value not in field.choices:
        return f"is none of {', '.join(field.choices)}"
    return _complaint(field.check, value) if field.check is not None else None


def _complaint(check: Callable[[str], None], value: str) -> str | None:
    try:
        check(value)
    except Exception as error:
        return _quoting_nothing(error, [value])
    return None


def _quoting_nothing(error: Exception, values: Iterable[str]) -> str:
    """Return the reason a check gave, unless it is no reason but a bug, or a parser's message that quotes its input."""
    if not isinstance(error, ValueError):
        return f"cannot be checked: {type(error).__name__} in the code of its type"
    reason = str(error)
    for value in values:
        if len(value) >= SHORTEST_QUOTE and (value in reason or repr(value)[1:-1] in reason):
            return "is not valid"
    return reason


def _is_utf8(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refused(credential: Credential, field: str, reason: str) -> InvalidFieldError:
    return InvalidFieldError(f"credential {credential.id!r}, field {field!r}: {reason}")
