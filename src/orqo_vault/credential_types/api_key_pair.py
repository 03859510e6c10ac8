"""A key that identifies and a secret that proves."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.markers import hookimpl


class ApiKeyPair(CredentialType):
    name = "api_key_pair"
    label = "API key and secret"
    categories = (Category.LLM_PROVIDER, Category.MCP_SERVICE, Category.RUNTIME, Category.COMMUNICATION)
    fields = (
        Field(name="key", label="Key", secret=True, required=True, suffixes=("_KEY",)),
        Field(name="secret", label="Secret", secret=True, required=True, suffixes=("_SECRET",)),
    )
    primary = "secret"
    probe = "orqo_vault.probes.web:probe_key_pair"
    test_keys = ("url", "method", "headers", "expect", "ca_file")


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return ApiKeyPair
