"""What a place where secrets are kept must do, and the words it does it in."""

from typing import TYPE_CHECKING, Any

from orqo_vault.backend.context import BackendContext
from orqo_vault.backend.contract import Backend, BackendReference, BackendSettings
from orqo_vault.backend.deadline import Deadline
from orqo_vault.backend.imported import ImportedOnUse
from orqo_vault.backend.stored import Expected, Lease, Stored

if TYPE_CHECKING:
    from orqo_vault.backend.health import Concern, Health

__all__ = [
    "Backend",
    "BackendContext",
    "BackendReference",
    "BackendSettings",
    "Concern",
    "Deadline",
    "Expected",
    "Health",
    "ImportedOnUse",
    "Lease",
    "Stored",
]


def __getattr__(name: str) -> Any:
    if name not in ("Concern", "Health"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from orqo_vault.backend import health  # what checks find out: no run does

    return getattr(health, name)
