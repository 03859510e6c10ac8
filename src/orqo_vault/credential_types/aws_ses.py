"""An AWS access key for the Simple Email Service. With ``key: AWS`` its variables are the SDK's own."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.credential_types.checks.aws import check_access_key_id, check_region
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.markers import hookimpl


class AwsSes(CredentialType):
    name = "aws_ses"
    label = "AWS SES"
    categories = (Category.COMMUNICATION,)
    fields = (
        Field(
            name="access_key_id",
            label="Access key ID",
            required=True,
            suffixes=("_ACCESS_KEY_ID",),
            check=check_access_key_id,
        ),
        Field(
            name="secret_access_key",
            label="Secret access key",
            secret=True,
            required=True,
            suffixes=("_SECRET_ACCESS_KEY",),
        ),
        # Newer SDKs read one, boto3 and older tools the other.
        Field(
            name="region",
            label="Region",
            required=True,
            suffixes=("_REGION", "_DEFAULT_REGION"),
            check=check_region,
        ),
    )
    primary = "secret_access_key"
    probe = "orqo_vault.probes.aws_ses:probe_ses"
    test_keys = ("base_url", "ca_file")


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return AwsSes
