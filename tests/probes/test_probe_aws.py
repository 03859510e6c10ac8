"""AWS keys for mail, tested against a service that checks signatures and permissions."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from orqo_vault.probes import Outcome
from orqo_vault.probes.aws_ses import QUESTION
from orqo_vault.probes.sigv4 import Signer
from tests.probes.conftest import Stage
from tests.probes.servers import Website

REGION = "eu-west-1"
MAY_ASK = {"Effect": "Allow", "Action": "ses:GetSendQuota", "Resource": "*"}


@dataclass
class Aws:
    """A service on this machine."""

    url: str

    def enforce(self, *, wanted: bool) -> None:
        """Check every key and permission from now on, or none."""
        _count(self.url, 0 if wanted else 1_000_000)

    def key(self, user: str, *statements: dict[str, str]) -> tuple[str, str]:
        """Return a new user's key, with these permissions."""
        self.enforce(wanted=False)
        iam = boto3.client(
            "iam", endpoint_url=self.url, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b"
        )
        iam.create_user(UserName=user)
        policy = {"Version": "2012-10-17", "Statement": [*statements, {**MAY_ASK, "Action": "ses:SendEmail"}]}
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=user)["AccessKey"]
        iam.close()
        self.enforce(wanted=True)
        return key["AccessKeyId"], key["SecretAccessKey"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    log = tmp_path_factory.mktemp("moto") / "log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            yield Aws(_listening(f"http://127.0.0.1:{port}", server, log))
        finally:
            server.terminate()


def _listening(url: str, server: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            _count(url, 1_000_000)
        except ConnectionError:
            time.sleep(0.05)
        else:
            return url
    raise AssertionError(f"the service did not start: {log.read_text()}")


def _count(url: str, unchecked: int) -> None:
    """Say how many requests are answered before keys and permissions are checked."""
    connection = HTTPConnection(url.partition("//")[2])
    connection.request("POST", "/moto-api/reset-auth", str(unchecked), {"Content-Type": "text/plain"})
    assert connection.getresponse().status == 200
    connection.close()


def asked_with(stage: Stage, url: str, key: str, secret: str) -> Any:
    values = {"access_key_id": key, "region": REGION}
    return stage.test("aws_ses", {"secret_access_key": secret}, values=values, test={"base_url": url})


def test_a_key_that_may_send_is_ok_and_says_how_much(stage: Stage, aws: Aws) -> None:
    result = asked_with(stage, aws.url, *aws.key("sender", MAY_ASK))
    assert (result.outcome, result.reason) == (Outcome.OK, "may send 200.0 messages in 24 hours")


def test_a_wrong_secret_is_failing(stage: Stage, aws: Aws) -> None:
    key, secret = aws.key("mistyped", MAY_ASK)
    result = asked_with(stage, aws.url, key, "x" + secret[1:])
    assert (result.outcome, result.status) == (Outcome.FAILING, 403)
    assert "SignatureDoesNotMatch" in result.reason
    assert secret[5:10] not in result.reason


def test_an_unknown_key_is_failing(stage: Stage, aws: Aws) -> None:
    aws.enforce(wanted=True)
    result = asked_with(stage, aws.url, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert result.outcome is Outcome.FAILING
    assert "InvalidClientTokenId" in result.reason


def test_a_key_that_may_not_ask_is_told_apart(stage: Stage, aws: Aws) -> None:
    result = asked_with(stage, aws.url, *aws.key("silent"))
    assert result.outcome is Outcome.FAILING
    assert "AccessDenied" in result.reason
    assert "genuine" in result.reason
    assert "ses:GetSendQuota" in result.reason


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1"])
def test_the_signature_is_the_one_that_the_sdk_makes(region: str) -> None:
    now = datetime.now(UTC)
    url = f"https://email.{region}.amazonaws.com/"
    ours = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", region, "ses").headers(url, QUESTION, now)
    request = AWSRequest("POST", url, headers={}, data=QUESTION)
    request.context["timestamp"] = ours["X-Amz-Date"]
    signer = SigV4Auth(Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG"), "ses", region)
    request.headers["X-Amz-Date"] = ours["X-Amz-Date"]
    theirs = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert ours["Authorization"].rpartition("Signature=")[2] == theirs


def test_the_key_goes_to_the_service_of_its_own_region(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []

    def look_up(host: str, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        raise OSError("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for region in ("eu-west-1", "cn-north-1"):
        values = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "region": region}
        assert stage.test("aws_ses", {"secret_access_key": "s"}, values=values).outcome is Outcome.UNREACHABLE
    assert looked_up == ["email.eu-west-1.amazonaws.com", "email.cn-north-1.amazonaws.com.cn"]


def test_a_service_that_is_somebody_else_shows_nothing(stage: Stage, plain_site: Website) -> None:
    plain_site.answers(403, b"<Error><Code>Nope</Code><Message>your secret is wJalrXUtnFEMI!</Message></Error>")
    result = asked_with(stage, plain_site.url, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI")
    assert result.reason == "403 Nope: your secret is ********"
