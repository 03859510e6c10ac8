"""Finds a field of a credential by its name, and says what was probably meant when there is none."""

from __future__ import annotations

from collections.abc import Iterable

from orqo_vault.credential import Credential
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.errors import InvalidFieldError

PRIMARY = "primary"
"""Under ``env:`` it stands for the primary secret, so no field is called that."""


def get_field(credential: Credential, type: CredentialType, name: str) -> Field:
    """Return the field of that name; raise :class:`~orqo_vault.errors.InvalidFieldError` with the nearest one."""
    known = {field.name: field for field in type.fields_of(credential)}
    if name in known:
        return known[name]
    raise unknown_field(credential, name, known)


def unknown_field(credential: Credential, name: str, known: Iterable[str]) -> InvalidFieldError:
    """Return the error for a field the credential does not have."""
    import difflib  # only a typo pays for it

    names = tuple(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return InvalidFieldError(
        f"credential {credential.id!r} ({credential.type}) has no field {name!r}",
        hint=f"{hint}fields: {', '.join(names)}",
    )
