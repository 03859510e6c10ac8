"""Finds out whether the secrets of credentials are there, can be read, and can be handed to a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from orqo_vault.backend import Deadline, Stored
from orqo_vault.credential import Credential
from orqo_vault.errors import OrqoVaultError
from orqo_vault.injector import Selected, build_environment
from orqo_vault.vault.checking import SOON, Finding
from orqo_vault.vault.reading import ours
from orqo_vault.vault.vault import Vault

Places = Mapping[str, Any]
"""Credential id → its reference."""


def check_stored(vault: Vault, credentials: Iterable[Credential]) -> list[Finding]:
    """Check these credentials' secrets, one backend after the other; each secret is read once."""
    by_backend: dict[str, list[Credential]] = {}
    for credential in credentials:
        if credential.backend is not None and credential.enabled:
            by_backend.setdefault(credential.backend, []).append(credential)
    return [found for name, chosen in by_backend.items() for found in _in_backend(vault, name, chosen)]


def _in_backend(vault: Vault, name: str, credentials: list[Credential]) -> list[Finding]:
    where = f"backend {name}"
    deadline = Deadline(vault.surroundings.seconds)
    try:
        backend = vault.backends.get(name)
        places = {credential.id: vault.backends.place(credential)[1] for credential in credentials}
        references = list(dict.fromkeys(places.values()))
        health = backend.check(references, deadline=deadline)
        notes = [Finding(where, note) for note in (*health.notes, *map(str, health.concerns))]
        if not health.usable:
            return [*notes, *(Finding(where, str(error), error) for error in health.causes)]
        looked_at = [reference for reference in references if not reference.made_when_read]
        stored = backend.read_many(looked_at, deadline=deadline)
    except OrqoVaultError as error:
        return [Finding(where, str(error), error)]
    return [*notes, *_credentials(vault, credentials, places, stored)]


def _credentials(
    vault: Vault, credentials: list[Credential], places: Places, stored: Mapping[Any, Stored]
) -> Iterator[Finding]:
    for credential in credentials:
        reference = places[credential.id]
        if reference.made_when_read:
            yield Finding(credential.id, "is made anew whenever a run reads it, so it was not read now")
            continue
        found = stored.get(reference)
        contract = vault.settings.contracts[credential.id]
        secret = ours(found.secret, contract) if found is not None else None
        allowed = [variable for bound in contract for variable in bound.variables]
        try:
            build_environment([Selected(credential, contract, secret)], allow=allowed)
        except OrqoVaultError as error:
            yield Finding(credential.id, str(error), error)
        if found is not None and found.expires_at is not None and found.expires_at < datetime.now(UTC) + SOON:
            yield Finding(credential.id, f"its backend deletes it at {found.expires_at}")
