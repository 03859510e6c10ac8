"""A mail server that sends: where it is, how the connection is protected, who logs in."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.credential_types.checks.host import check_host
from orqo_vault.credential_types.checks.port import check_port
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.markers import hookimpl


class EmailSmtp(CredentialType):
    name = "email_smtp"
    label = "E-mail (SMTP)"
    categories = (Category.COMMUNICATION,)
    fields = (
        Field(name="host", label="Server", required=True, suffixes=("_HOST",), check=check_host),
        Field(name="port", label="Port", default="587", suffixes=("_PORT",), check=check_port),
        Field(name="username", label="User name", suffixes=("_USERNAME",)),
        Field(name="password", label="Password", secret=True, suffixes=("_PASSWORD",)),
        # No default: the right one depends on the port, and a variable that is not set misleads nobody.
        Field(name="security", label="Encryption", suffixes=("_SECURITY",), choices=("starttls", "tls", "none")),
    )
    primary = "password"
    probe = "orqo_vault.probes.smtp:probe_mail"
    test_keys = ("ca_file",)


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return EmailSmtp
