"""One secret text: an API key, a bot token, a personal access token."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.markers import hookimpl


class ApiToken(CredentialType):
    name = "api_token"
    label = "API token"
    categories = (Category.LLM_PROVIDER, Category.MCP_SERVICE, Category.RUNTIME, Category.COMMUNICATION)
    # An engine that stores an empty token means it; the command line asks for --exact, because there it is an accident.
    fields = (Field(name="token", label="Token", secret=True, required=True, may_be_empty=True),)
    primary = "token"
    probe = "orqo_vault.probes.web:probe_token"
    test_keys = ("url", "base_url", "method", "header", "scheme", "headers", "expect", "ca_file")


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return ApiToken
