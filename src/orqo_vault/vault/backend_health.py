"""Finds out whether backends can be reached, logged in to, and read where this project's secrets are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault.backend.policy import SupportsPolicy
from orqo_vault.errors import BackendError, OrqoVaultError
from orqo_vault.planner.lookup import lookup
from orqo_vault.vault.checking import CheckReport, Finding
from orqo_vault.vault.vault import Vault


def check_backends(vault: Vault, names: Iterable[str] = ()) -> CheckReport:
    """Check the named backends, or all that are declared, each on its own."""
    chosen = tuple(names) or tuple(vault.settings.backends)
    for name in chosen:
        lookup(vault.settings.backends, name, "backend")
    return CheckReport(chosen, tuple(finding for name in chosen for finding in _check(vault, name)))


def backend_policy(vault: Vault, name: str) -> str:
    """Return the least permissions that this project's reads need in a backend, in its server's language.

    Raises :class:`~orqo_vault.errors.BackendError` for a backend that has no such language. Asks nobody.
    """
    declaration = lookup(vault.settings.backends, name, "backend")
    backend = vault.backends.get(name)
    if not isinstance(backend, SupportsPolicy):
        raise BackendError(
            f"backend {name!r} ({declaration.type}) has no policies", hint="its files' permissions decide"
        )
    return backend.policy(_references(vault, name))


def _references(vault: Vault, name: str) -> list[Any]:
    credentials = [each for each in vault.credentials.values() if each.backend == name]
    return list(dict.fromkeys(vault.backends.place(each)[1] for each in credentials))


def _check(vault: Vault, name: str) -> list[Finding]:
    deadline = Deadline(vault.surroundings.seconds)
    try:
        backend = vault.backends.get(name)
        references = _references(vault, name)
        health = backend.check(references, deadline=deadline)
    except OrqoVaultError as error:
        return [Finding(name, str(error), error)]
    notes = [
        *health.notes,
        *map(str, health.concerns),
        *(f"nothing is stored at {path}" for path in health.absent),
    ]
    return [*(Finding(name, str(error), error) for error in health.causes), *(Finding(name, note) for note in notes)]
