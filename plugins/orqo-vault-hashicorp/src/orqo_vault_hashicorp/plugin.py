"""The hook: hands over the backend class."""

from __future__ import annotations

from orqo_vault.markers import hookimpl
from orqo_vault_hashicorp.backend import HashicorpBackend


@hookimpl
def orqo_vault_backend() -> type[HashicorpBackend]:
    return HashicorpBackend
