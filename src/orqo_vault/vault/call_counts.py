"""How many requests a run will cost, as far as its backends can say that without being asked for a secret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orqo_vault.backend.calls import Calls, CountsCalls
from orqo_vault.credential import Credential
from orqo_vault.errors import OrqoVaultError
from orqo_vault.planner import Plan
from orqo_vault.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class BackendReads:
    """What a run reads from one backend."""

    backend: str
    places: int
    """How many different places; each is read once, however many credentials are in it."""
    calls: Calls | None
    """None where the backend does not say (it has no server, or its settings cannot be used here)."""


def planned_reads(vault: Vault, plan: Plan) -> tuple[BackendReads, ...]:
    """Return what the plan reads, backend by backend, in the plan's order. Opens no connection and no store."""
    by_backend: dict[str, list[Credential]] = {}
    for planned in plan.credentials:
        if planned.backend is not None:
            by_backend.setdefault(planned.backend, []).append(vault.credentials[planned.id])
    return tuple(_reads(vault, name, credentials) for name, credentials in by_backend.items())


def _reads(vault: Vault, name: str, credentials: Iterable[Credential]) -> BackendReads:
    chosen = list(credentials)
    written = {repr(sorted(each.at.items())) for each in chosen}
    try:
        references = list(dict.fromkeys(vault.backends.place(each)[1] for each in chosen))
        backend = vault.backends.get(name)
        calls = backend.calls(references) if isinstance(backend, CountsCalls) else None
    except OrqoVaultError:
        return BackendReads(name, len(written), None)  # what is wrong with it is check's and doctor's to say
    return BackendReads(name, len(references), calls)
