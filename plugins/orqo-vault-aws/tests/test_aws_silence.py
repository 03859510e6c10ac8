"""Nothing that we send or get is logged, however much the program around us logs; a planted leak is found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from orqo_vault_aws import quiet
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import Role

from orqo_vault.errors import OrqoVaultError

CANARY = "canary-Zq7-never-shown"
KEY = "canary-secret-access-key"


@pytest.fixture
def everything_is_logged(caplog: pytest.LogCaptureFixture, account: Any) -> pytest.LogCaptureFixture:
    """Root and every logger of the SDK at DEBUG, as ``boto3.set_stream_logger("")`` and worse would have it."""
    account.get("warm/up")  # so that the SDK's loggers are there
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("botocore", "boto3", "urllib3"):
            caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def _work(open_account: Callable[..., Any]) -> None:
    role = Role(role_arn="arn:aws:iam::123456789012:role/reader")
    account = open_account({"AWS_SECRET_ACCESS_KEY": KEY}, assume_role=(role,))
    version = account.put("mail", {"password": CANARY})
    account.put("mail", {"password": CANARY, "more": CANARY}, if_version=version)
    with suppress(OrqoVaultError):
        account.put("mail", {"password": CANARY}, if_version=version)
    account.put("bytes", {"value": "Y2FuYXJ5"}, format="binary")
    account.get("mail")
    account.get_all("mail", "bytes", "gone")
    for status, code in ((500, "InternalServiceError"), (400, "AccessDeniedException"), (400, "Other")):
        account.wire.refuse("GetSecretValue", status, code, message=CANARY)
        with suppress(OrqoVaultError):
            account.get("mail")
    account.wire.reply("GetSecretValue", b'{"SecretString": "' + CANARY.encode())
    account.get("mail")
    account.backend.check([AwsReference(path="mail")], deadline=account.soon())
    account.delete("mail")


def _all_of(caplog: pytest.LogCaptureFixture) -> str:
    return caplog.text + repr([vars(record) for record in caplog.records])


def test_no_value_no_key_and_no_session_token_is_logged(
    everything_is_logged: pytest.LogCaptureFixture, open_account: Callable[..., Any]
) -> None:
    _work(open_account)

    said = _all_of(everything_is_logged)
    for secret in (CANARY, "Y2FuYXJ5", KEY, "SecretString", "X-Amz-Security-Token", "SessionToken", "Credential="):
        assert secret not in said


def test_without_the_filter_this_test_would_find_the_values(
    everything_is_logged: pytest.LogCaptureFixture,
    open_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quiet._NotOurs, "filter", lambda self, record: True)

    _work(open_account)

    said = _all_of(everything_is_logged)
    assert CANARY in said
    assert "SessionToken" in said


def test_the_program_s_own_aws_calls_are_still_logged(
    everything_is_logged: pytest.LogCaptureFixture, open_account: Callable[..., Any]
) -> None:
    account = open_account()
    account.get("mail")
    everything_is_logged.clear()

    with suppress(Exception):
        account.backend._connection.client().describe_secret(SecretId="mail")

    assert "botocore" in {record.name.partition(".")[0] for record in everything_is_logged.records}
