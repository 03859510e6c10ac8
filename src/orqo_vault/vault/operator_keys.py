"""Reads the operator's own keys, from the operator's own backends: no project names either."""

from __future__ import annotations

from orqo_vault.backend import Deadline
from orqo_vault.errors import MissingSecretsError, SettingsError
from orqo_vault.secret import Secret, SecretValue
from orqo_vault.settings.backend_options import backend_reference
from orqo_vault.settings.model import Settings
from orqo_vault.settings.operator_model import Operator
from orqo_vault.vault.backends import Backends, class_of
from orqo_vault.vault.surroundings import Surroundings

FIELDS = ("token", "api_key", "key", "value")
"""Which field is the key, in a place that holds more than one."""


def operator_key(operator: Operator, provider_name: str, surroundings: Surroundings) -> SecretValue:
    """Return the operator's key for a provider, read now.

    Raises :class:`~orqo_vault.errors.SettingsError` where the operator's file does not say where it is, and
    :class:`~orqo_vault.errors.MissingSecretsError` where nothing is stored there.
    """
    provider = operator.platform_providers.get(provider_name)
    if provider is None or provider.backend is None or operator.file is None:
        raise SettingsError(
            f"platform provider {provider_name!r}: the operator's file does not say where its key is",
            hint="backend: NAME and path: PLACE say it",
        )
    declaration = operator.backends[provider.backend]
    settings = Settings(base_dir=operator.file.parent, backends=operator.backends)
    reference = backend_reference(
        declaration, class_of(declaration), provider.at, f"platform provider {provider_name!r}"
    )
    backends = Backends(settings, surroundings)
    try:
        stored = backends.get(provider.backend).read(reference, deadline=Deadline(surroundings.seconds))
    finally:
        backends.close()
    if stored is None:
        raise MissingSecretsError(f"the operator has stored no key for {provider_name!r}")
    return _key(stored.secret, provider_name)


def _key(secret: Secret, provider_name: str) -> SecretValue:
    if len(secret) == 1:
        return secret[secret.names[0]]
    found = next((secret[name] for name in FIELDS if name in secret), None)
    if found is None:
        raise MissingSecretsError(
            f"what the operator has stored for {provider_name!r} has several fields, and none of them is its key",
            hint=f"the key's field is one of: {', '.join(FIELDS)}",
        )
    return found
