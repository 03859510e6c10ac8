"""The Python API: one project's credentials, from declaration to environment."""

from orqo_vault.vault.surroundings import Surroundings
from orqo_vault.vault.vault import Vault

__all__ = ["Surroundings", "Vault"]
