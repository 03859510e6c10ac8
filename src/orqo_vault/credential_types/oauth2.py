"""An OAuth 2.0 client, with the tokens it holds. Nothing here refreshes them."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.credential_types.checks.stamp import check_stamp
from orqo_vault.credential_types.checks.url import check_url
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.markers import hookimpl


class OAuth2(CredentialType):
    name = "oauth2"
    label = "OAuth 2.0"
    categories = (Category.MCP_SERVICE, Category.RUNTIME, Category.COMMUNICATION)
    fields = (
        Field(name="client_id", label="Client ID", required=True, suffixes=("_CLIENT_ID",)),
        Field(name="client_secret", label="Client secret", secret=True, suffixes=("_CLIENT_SECRET",)),
        Field(name="access_token", label="Access token", secret=True, suffixes=("_ACCESS_TOKEN",)),
        Field(name="refresh_token", label="Refresh token", secret=True, suffixes=("_REFRESH_TOKEN",)),
        Field(name="token_url", label="Token URL", suffixes=("_TOKEN_URL",), check=check_url),
        Field(name="expires_at", label="Access token expires at", suffixes=("_EXPIRES_AT",), check=check_stamp),
        Field(name="scope", label="Scope", suffixes=("_SCOPE",)),
    )
    primary = "access_token"
    probe = "orqo_vault.probes.oauth2:probe_oauth2"
    test_keys = ("grant", "url", "method", "header", "scheme", "expect", "ca_file")


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return OAuth2
