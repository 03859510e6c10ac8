"""The least IAM policy that reads what the settings name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings


def policy_for(references: Sequence[AwsReference], settings: AwsSettings, region: str | None) -> str:
    """Return the policy as JSON. What is not known (the account without a role, the region) is ``*``."""
    where, account = region or "*", _account(settings)
    partition = _partition(region)
    names = sorted({reference.secret_id(settings.prefix) for reference in references})
    statements: list[dict[str, Any]] = [
        {
            "Sid": "ReadTheseSecrets",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": [_arn(name, f"arn:{partition}:secretsmanager:{where}:{account}:secret:") for name in names],
        }
    ]
    if settings.batch and len(names) > 1:
        # The call knows no narrower resource; what it returns still needs the statement above.
        statements.append(
            {
                "Sid": "ReadThemInBatches",
                "Effect": "Allow",
                "Action": "secretsmanager:BatchGetSecretValue",
                "Resource": "*",
            }
        )
    if settings.kms_key_id:
        statements.append(_decrypting(settings.kms_key_id, partition, where, account))
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def _arn(name: str, beginning: str) -> str:
    # Six random characters end every ARN: "-*" would also match the secret "name-of-another".
    if not name.startswith("arn:"):
        return f"{beginning}{name}-??????"
    return name


def _decrypting(key: str, partition: str, region: str, account: str) -> dict[str, Any]:
    resource = key if key.startswith("arn:") else f"arn:{partition}:kms:{region}:{account}:key/{key}"
    condition: dict[str, dict[str, str]] = {"StringLike": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}}
    if key.startswith("alias/") or ":alias/" in key:
        # IAM knows keys by id only; an alias is a condition.
        resource = f"arn:{partition}:kms:{region}:{account}:key/*"
        condition["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": "alias/" + key.rpartition("alias/")[2]}
    return {
        "Sid": "DecryptThem",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": resource,
        "Condition": condition,
    }


def _account(settings: AwsSettings) -> str:
    """Return the account of the role that reads, where one is named."""
    identity = settings.web_identity
    role = settings.assume_role[-1].role_arn if settings.assume_role else identity.role_arn if identity else ""
    parts = role.split(":")
    return parts[4] if len(parts) > 5 and parts[4].isdigit() else "*"


def _partition(region: str | None) -> str:
    beginnings = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for start, name in beginnings.items() if (region or "").startswith(start)), "aws")
