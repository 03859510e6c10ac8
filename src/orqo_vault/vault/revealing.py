"""Reveals one field of one credential, wherever its value stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.errors import MissingSecretsError
from orqo_vault.secret import SecretValue
from orqo_vault.vault.auditing import use
from orqo_vault.vault.reading import read_secrets

if TYPE_CHECKING:
    from orqo_vault.vault.vault import Vault


def value_of(vault: Vault, credential: Credential, bound: BoundField) -> SecretValue:
    """Return what :meth:`orqo_vault.vault.Vault.value` promises."""
    field = bound.name
    if field in credential.values:
        return SecretValue(credential.values[field])
    if credential.mode is Mode.OWN:
        with vault.asking("get", [credential]) as asked:
            found = read_secrets(vault.backends, [credential], vault.settings.contracts, vault.surroundings.seconds)
            stored = found.get(credential.id)
            if stored is not None and field in stored.secret:
                asked.granted([use(credential, stored, [field])])
                return stored.secret[field]
    if bound.default is not None:
        return SecretValue(bound.default)
    raise MissingSecretsError(f"{credential.id}.{field} is not stored", hint=f"orqo-vault set {credential.id} {field}")
