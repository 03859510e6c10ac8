"""The kinds of credentials: what fields they have and which variables those become."""

from orqo_vault.credential_types.contract import CredentialType, Field

__all__ = ["CredentialType", "Field"]
