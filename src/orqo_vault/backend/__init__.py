"""What a place where secrets are kept must do, and the words it does it in."""

from orqo_vault.backend.context import BackendContext
from orqo_vault.backend.contract import Backend, BackendReference, BackendSettings
from orqo_vault.backend.deadline import Deadline
from orqo_vault.backend.health import Concern, Health
from orqo_vault.backend.imported import ImportedOnUse
from orqo_vault.backend.stored import Expected, Lease, Stored

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
