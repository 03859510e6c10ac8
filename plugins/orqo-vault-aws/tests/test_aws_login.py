"""Whose login is used, where it may go, and how often anybody logs in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings, Role, WebIdentity

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError, SettingsError, TokenExpiredError

pytestmark = pytest.mark.usefixtures("wrong_process_environment")

HUB, READER = "arn:aws:iam::111111111111:role/hub", "arn:aws:iam::222222222222:role/reader"
ROLES = (
    Role(role_arn=HUB, external_id="from-acme", duration_seconds=900),
    Role(role_arn=READER, session_name="nightly"),
)


def _read(account: Any, path: str = "mail") -> dict[str, str] | None:
    found: dict[str, str] | None = account.get(path)
    return found


def test_keys_and_region_come_from_the_environment_that_was_lent(account: Any) -> None:
    _read(account)

    (call,) = account.wire.calls
    assert call.key == "AKIATESTTESTTESTTEST"
    assert "/eu-central-1/secretsmanager/" in call.headers["Authorization"]
    assert "X-Amz-Security-Token" not in call.headers


def test_without_a_region_the_error_says_where_to_say_it(around: Any) -> None:
    context = around.context({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})

    with pytest.raises(SettingsError, match="no region") as caught:
        AwsBackend(AwsSettings(), context).read(AwsReference(path="x"), deadline=Deadline(30))

    assert "AWS_REGION" in str(caught.value.hint)


def test_roles_are_assumed_in_turn_and_once(open_account: Callable[..., Any]) -> None:
    account = open_account(assume_role=ROLES)
    for _ in range(3):
        _read(account)

    first, second = account.wire.to("AssumeRole")
    assert first.parameters["RoleArn"] == HUB
    assert first.parameters["ExternalId"] == "from-acme"
    assert first.parameters["DurationSeconds"] == "900"
    assert first.parameters["RoleSessionName"] == "orqo-vault"
    assert first.key == "AKIATESTTESTTESTTEST"
    assert second.parameters["RoleArn"] == READER
    assert second.parameters["RoleSessionName"] == "nightly"
    assert second.key not in ("AKIATESTTESTTESTTEST", "AKIAWRONGWRONGWRONG0")
    keys = {call.key for call in account.wire.to("GetSecretValue")}
    assert len(keys) == 1
    assert keys.isdisjoint({first.key, second.key})


def test_a_role_that_may_not_be_assumed_is_said(open_account: Callable[..., Any]) -> None:
    account = open_account(assume_role=ROLES)
    denied = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no canary</Message></Error></ErrorResponse>"

    def deny(handler: Any, call: Any) -> bool:
        handler.send_response(403)
        handler.send_header("Content-Length", str(len(denied)))
        handler.end_headers()
        handler.wfile.write(denied)
        return False

    account.wire.disturb("AssumeRole", deny, times=9)

    with pytest.raises(AccessDeniedError, match="role may not be assumed") as caught:
        _read(account)
    assert "external id" in str(caught.value.hint)
    assert "canary" not in str(caught.value)


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("signed-token-1")
    return file


def test_a_signed_token_logs_in_without_any_key(open_account: Callable[..., Any], token: Path) -> None:
    identity = WebIdentity(role_arn=HUB, token_file=token.name)  # beside the settings file
    account = open_account(web_identity=identity, assume_role=(Role(role_arn=READER),))
    _read(account)
    _read(account)

    (login,) = account.wire.to("AssumeRoleWithWebIdentity")
    assert login.parameters["WebIdentityToken"] == "signed-token-1"
    assert login.parameters["RoleArn"] == HUB
    assert "Authorization" not in login.headers
    assert len(account.wire.to("AssumeRole")) == 1


def test_kubernetes_says_the_token_in_the_environment(wire: Any, around: Any, token: Path) -> None:
    context = around.context(
        {
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": wire.address,
            "AWS_ROLE_ARN": READER,
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
            "AWS_ROLE_SESSION_NAME": "pod-7",
        }
    )
    with AwsBackend(AwsSettings(), context) as backend:
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))

    (login,) = wire.to("AssumeRoleWithWebIdentity")
    assert login.parameters["RoleArn"] == READER
    assert login.parameters["RoleSessionName"] == "pod-7"


def test_a_token_is_read_again_when_the_login_has_expired(open_account: Callable[..., Any], token: Path) -> None:
    in_moto_s_account = "arn:aws:iam::123456789012:role/hub"
    account = open_account(web_identity=WebIdentity(role_arn=in_moto_s_account, token_file=str(token)))
    account.raw("CreateSecret", Name="mail", SecretString="x")
    _read(account)
    token.write_text("signed-token-2")
    account.wire.refuse("GetSecretValue", 400, "ExpiredTokenException")

    assert _read(account) == {"value": "x"}
    logins = account.wire.to("AssumeRoleWithWebIdentity")
    assert [login.parameters["WebIdentityToken"] for login in logins] == ["signed-token-1", "signed-token-2"]


def test_a_login_that_stays_expired_is_tried_twice_and_no_more(account: Any) -> None:
    account.wire.refuse("GetSecretValue", 400, "ExpiredTokenException", times=99)

    with pytest.raises(TokenExpiredError):
        _read(account)

    assert len(account.wire.calls) == 2


@pytest.mark.parametrize(
    ("profile", "key"), [("work", "AKIAWORK"), ("tool", "AKIATOOL"), ("reader", None)], ids=["keys", "tool", "role"]
)
def test_a_profile_of_the_settings_wins_over_keys_in_the_environment(
    through: Callable[..., Any], wire: Any, aws_files: Path, profile: str, key: str | None
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "x"}

    call = through(keys, profile=profile)

    assert call.key == key or (key is None and wire.to("AssumeRole")[0].key == "AKIAWORK")
    assert "/eu-west-3/" in call.headers["Authorization"]


def test_the_profile_of_the_environment_or_the_default_one_is_used(
    through: Callable[..., Any], aws_files: Path
) -> None:
    assert through({"AWS_PROFILE": "work"}).key == "AKIAWORK"
    assert through({"AWS_REGION": "eu-north-1"}).key == "AKIADEFAULT"


def test_a_profile_that_does_not_exist_is_said(through: Callable[..., Any], aws_files: Path) -> None:
    with pytest.raises(AccessDeniedError, match="profile does not exist"):
        through({}, profile="nobody", region="eu-central-1")


def test_nobody_is_asked_for_an_mfa_code(through: Callable[..., Any], aws_files: Path) -> None:
    with pytest.raises(AccessDeniedError, match="MFA"):
        through({}, profile="mfa", region="eu-central-1")


class _Instance:
    """What an EC2 machine tells its programs, on the wire."""

    def __init__(self, wire: Any) -> None:
        self.wire = wire
        ends = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
        login = {"AccessKeyId": "AKIAMACHINE", "SecretAccessKey": "x", "Token": "t", "Expiration": ends}
        self.answers = {
            "/latest/api/token": "token",
            "/latest/meta-data/iam/security-credentials-extended/": "",
            "/latest/meta-data/iam/security-credentials/": "role",
            "/latest/meta-data/iam/security-credentials/role": json.dumps({"Code": "Success", **login}),
        }
        for path, answer in self.answers.items():
            wire.disturb(path, _answering(answer), times=9)

    @property
    def asked(self) -> list[str]:
        return [call.operation for call in self.wire.calls if call.operation.startswith("/latest")]


def _answering(answer: str) -> Callable[[Any, Any], bool]:
    def act(handler: Any, call: Any) -> bool:
        handler.send_response(200 if answer else 404)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer.encode())
        return False

    return act


MACHINE = {"AWS_REGION": "eu-central-1"}


def test_the_machine_is_not_asked_unless_the_settings_say_so(through: Callable[..., Any], wire: Any) -> None:
    machine = _Instance(wire)

    with pytest.raises(AccessDeniedError, match="no aws login found") as caught:
        through({**MACHINE, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address})

    assert machine.asked == []
    assert "instance_metadata: true" in str(caught.value.hint)


def test_the_machine_is_not_asked_when_there_are_keys(through: Callable[..., Any], wire: Any) -> None:
    machine = _Instance(wire)
    keys = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "x"}

    through({**MACHINE, **keys, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address})
    call = through({**MACHINE, **keys, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address}, instance_metadata=True)

    assert call.key == "AKIAENVIRONMENT"
    assert machine.asked == []


def test_the_machine_s_login_is_used_when_asked_for(
    through: Callable[..., Any], wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):  # the SDK asks the machine past our transport
        monkeypatch.delenv(name)
    machine = _Instance(wire)

    call = through({**MACHINE, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address}, instance_metadata=True)

    assert call.key == "AKIAMACHINE"
    assert machine.asked


def test_a_container_s_login_is_used(through: Callable[..., Any], wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):  # the SDK asks the container past our transport
        monkeypatch.delenv(name)
    ends = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    login = {"AccessKeyId": "AKIACONTAINER", "SecretAccessKey": "x", "Token": "t", "Expiration": ends}
    wire.disturb("/login", _answering(json.dumps(login)))

    call = through(
        {
            **MACHINE,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{wire.address}/login",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "from-the-agent",
        },
    )

    assert call.key == "AKIACONTAINER"
    assert wire.calls[0].headers["Authorization"] == "from-the-agent"


def test_a_token_file_that_is_missing_is_a_login_that_cannot_be_had(open_account: Callable[..., Any]) -> None:
    account = open_account(web_identity=WebIdentity(role_arn=HUB, token_file="missing"))

    with pytest.raises(AccessDeniedError, match="login could not be had"):
        _read(account)
