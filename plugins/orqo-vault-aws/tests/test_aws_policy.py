"""The policy that ``backend check --policy`` prints: exactly what the settings name."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import Role

ARN = "arn:aws:secretsmanager:eu-central-1:999999999999:secret:theirs-AbCdEf"


def _policy(account: Any, *paths: str) -> list[dict[str, Any]]:
    text = account.backend.policy([AwsReference(path=path) for path in paths])
    statements: list[dict[str, Any]] = json.loads(text)["Statement"]
    return statements


def test_it_names_each_secret_once_and_no_other(open_account: Callable[..., Any]) -> None:
    account = open_account(prefix="orqo/prod/", assume_role=(Role(role_arn="arn:aws:iam::123456789012:role/r"),))

    read, batch = _policy(account, "mail", "openai", "mail", ARN)

    beginning = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orqo/prod/"
    assert read["Resource"] == [ARN, f"{beginning}mail-??????", f"{beginning}openai-??????"]
    assert read["Action"] == "secretsmanager:GetSecretValue"
    assert (batch["Action"], batch["Resource"]) == ("secretsmanager:BatchGetSecretValue", "*")
    assert account.wire.calls == [], "nobody is asked"


def test_what_it_allows_is_what_the_service_calls_the_secret_and_not_its_neighbour(account: Any) -> None:
    account.put("mail", {"a": "x"})
    account.put("mail-archive", {"a": "x"})
    (read,) = _policy(account, "mail")
    (pattern,) = read["Resource"]

    arns = {path: account.raw("DescribeSecret", SecretId=path)["ARN"] for path in ("mail", "mail-archive")}

    assert fnmatchcase(arns["mail"], pattern)
    assert not fnmatchcase(arns["mail-archive"], pattern)


@pytest.mark.parametrize(("settings", "paths"), [({"batch": False}, ["a", "b"]), ({}, ["a"])])
def test_what_is_not_read_in_batches_needs_no_batch(
    open_account: Callable[..., Any], settings: dict[str, Any], paths: list[str]
) -> None:
    assert len(_policy(open_account(**settings), *paths)) == 1


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        ("1234abcd-0000", "arn:aws:kms:eu-central-1:*:key/1234abcd-0000"),
        ("arn:aws:kms:eu-central-1:1:key/k", "arn:aws:kms:eu-central-1:1:key/k"),
        ("alias/secrets", "arn:aws:kms:eu-central-1:*:key/*"),
    ],
)
def test_a_key_of_our_own_may_decrypt_through_the_service_only(
    open_account: Callable[..., Any], key: str, resource: str
) -> None:
    decrypt = _policy(open_account(kms_key_id=key), "mail")[-1]

    assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", resource)
    assert decrypt["Condition"]["StringLike"] == {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}
    aliases = decrypt["Condition"].get("ForAnyValue:StringEquals")
    assert aliases == ({"kms:ResourceAliases": "alias/secrets"} if key.startswith("alias/") else None)


def test_the_partition_follows_the_region(open_account: Callable[..., Any]) -> None:
    (read,) = _policy(open_account(region="us-gov-west-1"), "mail")

    assert read["Resource"] == ["arn:aws-us-gov:secretsmanager:us-gov-west-1:*:secret:mail-??????"]
