"""All about one credential: where each part of it is declared, what it sets, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from orqo_vault.credential import Credential
from orqo_vault.errors import Location
from orqo_vault.explain.outcome import selected_at
from orqo_vault.explain.source import Source, sources
from orqo_vault.injector import expired
from orqo_vault.planner.lookup import lookup
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.model import Settings
from orqo_vault.settings.origins import declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialExplained:
    """Everything the settings tell about one credential."""

    credential: Credential
    declared: dict[str, tuple[Location, ...]]
    """Key of its entry → where that stands: the place that counts first, then what it replaces in lower layers."""
    sources: tuple[Source, ...]
    uses: tuple[tuple[str, Location | None], ...]
    """``run nightly`` and ``llm default``, each with the place that names the credential."""
    obstacles: tuple[str, ...]
    """What keeps it out of every run."""


def explain_credential(settings: Settings, layers: Layers, credential_id: str, now: datetime) -> CredentialExplained:
    """Return how the credential came to be what it is. Reads no secret and opens no backend."""
    credential = lookup(settings.credentials, credential_id, "credential")
    entry = layers.data["credentials"][credential_id]
    return CredentialExplained(
        credential=credential,
        declared={str(key): declarations(layers, ("credentials", credential_id, key)) for key in entry},
        sources=tuple(sources(settings, layers, credential)),
        uses=tuple(_uses(settings, layers, credential_id)),
        obstacles=tuple(_obstacles(settings, layers, credential, now)),
    )


def _uses(settings: Settings, layers: Layers, credential_id: str) -> Iterator[tuple[str, Location | None]]:
    for config in settings.llm.values():
        if config.credential == credential_id:
            yield f"llm {config.name}", layers.location(("llm", config.name, "credential"))
    for run in settings.runs.values():
        place = selected_at(settings, layers, run, credential_id)
        if place is not None:
            yield f"run {run.name}", place


def _obstacles(settings: Settings, layers: Layers, credential: Credential, now: datetime) -> Iterator[str]:
    entry = ("credentials", credential.id)
    if not credential.enabled:
        yield f"it is disabled ({layers.location((*entry, 'enabled'))})"
    if expired(credential, now):
        yield f"it expired at {credential.expires_at} ({layers.location((*entry, 'expires_at'))})"
    backend = settings.backends[credential.backend] if credential.backend is not None else None
    if backend is not None and not backend.logins_known:
        yield f"the plugin of backend {backend.name} ({backend.type}) cannot be loaded"
