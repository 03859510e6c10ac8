"""A user name and a password."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.markers import hookimpl


class UsernamePassword(CredentialType):
    name = "username_password"
    label = "User name and password"
    categories = (Category.MCP_SERVICE, Category.RUNTIME, Category.COMMUNICATION)
    fields = (
        Field(name="username", label="User name", required=True, suffixes=("_USERNAME",)),
        Field(name="password", label="Password", secret=True, required=True, suffixes=("_PASSWORD",)),
    )
    primary = "password"
    probe = "orqo_vault.probes.web:probe_login"
    test_keys = ("url", "method", "headers", "expect", "ca_file")


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return UsernamePassword
