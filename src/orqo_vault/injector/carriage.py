"""What a variable or a file can carry; everything else is refused by name before a child is started."""

from __future__ import annotations

from orqo_vault.credential import BoundField, Credential
from orqo_vault.errors import DeliveryError, InvalidFieldError
from orqo_vault.secret import SecretValue

MAX_BYTES = 131_071
"""Of one ``NAME=value`` without its terminator: Linux refuses to start a program with a longer one (E2BIG)."""

AS_BYTES = "for bytes declare encoding: base64"


def refuse_unfit(credential: Credential, field: BoundField, variable: str, value: SecretValue) -> None:
    """Raise :class:`~orqo_vault.errors.InvalidFieldError` or :class:`~orqo_vault.errors.DeliveryError` if it cannot."""
    name = f"credential {credential.id!r}, field {field.name!r}"
    plain = value.reveal()
    if "\0" in plain:
        raise InvalidFieldError(f"{name}: has a NUL character, which no environment can carry", hint=AS_BYTES)
    if len(variable) + len("=") + _size(name, plain) > MAX_BYTES:
        raise DeliveryError(
            f"{name}: {variable} would be larger than the {MAX_BYTES} bytes one variable can have",
            hint=f"deliver it as a file: deliver: {{{field.name}: file}}",
        )
    if field.name in credential.encoding:
        _refuse_what_does_not_decode(name, plain)


def refuse_unfit_for_files(credential: Credential, field: BoundField, value: SecretValue) -> None:
    """Raise :class:`~orqo_vault.errors.InvalidFieldError` for a value that stands for no bytes; any length is fine."""
    name = f"credential {credential.id!r}, field {field.name!r}"
    plain = value.reveal()
    _size(name, plain)
    if field.name in credential.encoding:
        _refuse_what_does_not_decode(name, plain)


def _size(name: str, plain: str) -> int:
    try:
        return len(plain.encode("utf-8"))
    except UnicodeEncodeError:
        pass  # the error holds the text, and would be the context of ours
    raise InvalidFieldError(f"{name}: is not valid text (UTF-8)", hint=AS_BYTES)


def _refuse_what_does_not_decode(name: str, plain: str) -> None:
    from orqo_vault.credential_types.checks.base64_text import check_base64  # few credentials declare an encoding

    try:
        check_base64(plain)
    except ValueError as error:
        reason = str(error)
    else:
        return
    raise InvalidFieldError(f"{name}: {reason}")
