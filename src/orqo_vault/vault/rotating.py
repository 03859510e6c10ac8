"""Stores what a service replaced while it was asked: from then on what was stored before may be void."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.credential import Credential
from orqo_vault.errors import BackendError, ConflictError
from orqo_vault.secret import Secret, SecretValue
from orqo_vault.vault.vault import Vault
from orqo_vault.vault.writing import change_secret, edited

ATTEMPTS = 5
"""Somebody else may write other fields of the same secret at the same moment."""


def store_rotated(
    vault: Vault, credential: Credential, used: Mapping[str, SecretValue], rotated: Mapping[str, SecretValue]
) -> str:
    """Store the new values in place of the ``used`` ones and return the new version.

    Raises :class:`~orqo_vault.errors.ConflictError` when others are stored by now, and whatever kept it from being
    stored, both saying that the new values are lost.
    """
    changed = {name: value for name, value in rotated.items() if name not in credential.values}
    contract = vault.settings.contracts[credential.id]

    def replace(stored: Secret) -> Secret:
        if any(stored.get(name) != used.get(name) for name in changed):
            raise _OvertakenError("somebody else stored another one meanwhile, which stays")
        return edited(credential, changed, ())(stored)

    for attempt in range(1, ATTEMPTS + 1):
        try:
            return change_secret(vault.backends, credential, contract, replace, vault.surroundings.seconds)
        except BackendError as error:
            if isinstance(error, ConflictError) and not isinstance(error, _OvertakenError) and attempt < ATTEMPTS:
                continue
            kind = ConflictError if isinstance(error, _OvertakenError) else type(error)
            raise kind(
                f"credential {credential.id!r}: its service replaced {', '.join(changed)} during the test, and what "
                f"is new could not be stored: {error.message}",
                hint="if the credential fails from now on, authorize it anew",
            ) from None
    raise AssertionError("the last attempt returns or raises")


class _OvertakenError(ConflictError):
    """What is stored is not what was used."""
