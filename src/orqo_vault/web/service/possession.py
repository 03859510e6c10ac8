"""Who changes where a secret goes, or which one goes there, shows that they have it: nobody is handed one by a detour.

Without that, whoever may edit could point a credential at an address of their own, press Test, and read the secret
there; or declare somebody else's secret as one of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from orqo_vault.backend import Stored
from orqo_vault.credential import Credential
from orqo_vault.errors import InvalidFieldError
from orqo_vault.secret import SecretValue
from orqo_vault.vault import Vault
from orqo_vault.vault.reading import read_secrets


class SecretNeededError(InvalidFieldError):
    """The secret has to be given again, because the change would send it elsewhere."""

    code = "secret_needed"


class OtherSecretError(InvalidFieldError):
    """What was given is not what is stored in that place."""

    code = "other_secret"


def is_elsewhere(before: Credential, after: Credential) -> bool:
    """Tell whether another secret is meant: another place, or another part of it."""
    return (before.backend, before.at, before.fields) != (after.backend, after.at, after.fields)


def is_sent_elsewhere(before: Credential, after: Credential) -> bool:
    """Tell whether the secret may be sent to others than before. What is not known to be harmless counts."""
    return (before.provider, before.values, before.test) != (after.provider, after.values, after.test)


def is_sent(credential: Credential) -> bool:
    """Tell whether a declaration names an address of its own; a provider's name only leads to that provider."""
    return bool(credential.values or credential.test)


def refuse_unless_given(vault: Vault, credential: Credential, given: Collection[str]) -> None:
    """Raise unless every secret field that is stored for a credential is among those that are given anew."""
    stored = _stored(vault, credential)
    if stored is not None:
        _refuse_missing(vault, credential, stored, given)


def prove(vault: Vault, credential: Credential, given: Mapping[str, SecretValue]) -> bool:
    """Tell whether anything is stored in the place of a credential; raise unless it is what was given.

    Nothing tells how a wrong value differs. Then there is nothing to store: it is there.
    """
    stored = _stored(vault, credential)
    if stored is None:
        return False
    if is_sent(credential):
        _refuse_missing(vault, credential, stored, given)
    wrong = [name for name, value in given.items() if stored.secret.get(name) != value]
    if wrong:
        raise OtherSecretError(
            f"something else is stored there already: {', '.join(sorted(wrong))} is not the same",
            hint="name another place, or give what is stored there",
        )
    return True


def _stored(vault: Vault, credential: Credential) -> Stored | None:
    if credential.backend is None:  # it uses the platform's key
        return None
    if vault.backends.place(credential)[1].made_when_read:
        raise SecretNeededError(
            f"the backend makes a new secret of {credential.id!r} for each run: nobody can give it here",
            hint="say in the settings file itself where it is sent",
        )
    found = read_secrets(vault.backends, [credential], vault.settings.contracts, vault.surroundings.seconds)
    return found.get(credential.id)


def _refuse_missing(vault: Vault, credential: Credential, stored: Stored, given: Collection[str]) -> None:
    secret = {bound.name for bound in vault.settings.contracts[credential.id] if bound.secret}
    missing = sorted(name for name in stored.secret.names if name in secret and name not in given)
    if missing:
        raise SecretNeededError(
            f"this changes where the secret of {credential.id!r} goes: give {', '.join(missing)} again",
            hint="who sends a secret elsewhere shows that they have it",
        )
