"""Which variables a credential sets, as far as the file alone can tell that it may."""

from __future__ import annotations

from typing import NoReturn

from orqo_vault.credential import BoundField, Credential
from orqo_vault.credential_types import CredentialType
from orqo_vault.credential_types.naming import bind
from orqo_vault.errors import CredentialError, SettingsError
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft
from orqo_vault.variables import refusal


def contract_of(
    credential: Credential, type: CredentialType, draft: Draft, allowed: frozenset[str]
) -> tuple[BoundField, ...]:
    """Return the credential's fields with their variables; dangerous names are refused unless they are ``allowed``."""
    path = ("credentials", credential.id)
    try:
        contract = bind(credential, type)
    except CredentialError as error:
        raise SettingsError(error.message, hint=error.hint, location=draft.layers.location(path)) from None
    for field in contract:
        for variable in field.variables if field.deliver != "agent" else ():  # its one name is ours to set
            reason = refusal(variable, allowed=allowed)
            if reason is not None:
                _refuse(variable, reason, credential, draft)
    return contract


def _refuse(variable: str, reason: str, credential: Credential, draft: Draft) -> NoReturn:
    could_be_allowed = refusal(variable, allowed=(variable,)) is None
    hint = f"a run can allow it: allow_variables: [{variable}]" if could_be_allowed else None
    draft.refuse(_origin(variable, credential, draft), f"{variable} {reason}", hint=hint)


def _origin(variable: str, credential: Credential, draft: Draft) -> KeyPath:
    """Return what in the file makes this variable: an entry under ``env``, or the key."""
    path = ("credentials", credential.id)
    for name, said in credential.files.items():
        if said.get("variable") == variable:
            return (*path, "deliver", name, "variable")
    for name, variables in credential.env.items():
        written = variable if variable in variables else variable.removesuffix("_FILE")
        if written in variables:
            under = (*path, "env", name)
            one = (*under, variables.index(written))
            return one if draft.layers.source(one) is not None else under
    return (*path, "key")
