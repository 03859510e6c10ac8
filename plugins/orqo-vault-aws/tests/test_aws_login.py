"""Whose login is used, where it may go, and how often anybody logs in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings, Role, WebIdentity

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError, BackendError, OrqoVaultError, SettingsError, TokenExpiredError

HUB, READER = "arn:aws:iam::111111111111:role/hub", "arn:aws:iam::222222222222:role/reader"
ROLES = (
    Role(role_arn=HUB, external_id="from-acme", duration_seconds=900),
    Role(role_arn=READER, session_name="nightly"),
)


@pytest.fixture(autouse=True)
def _a_process_whose_own_environment_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what the context lends may be used: the process's own variables lead astray here."""
    wrong = {
        "AWS_ACCESS_KEY_ID": "AKIAWRONGWRONGWRONG0",
        "AWS_SECRET_ACCESS_KEY": "wrong",
        "AWS_SESSION_TOKEN": "wrong-token",
        "AWS_REGION": "xx-wrong-1",
        "AWS_DEFAULT_REGION": "xx-wrong-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_CA_BUNDLE": str(tmp_path / "no-such-bundle"),
        "AWS_ROLE_ARN": HUB,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "no-such-token"),
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)


def _key_of(call: Any) -> str:
    """Which access key signed it."""
    return str(call.headers["Authorization"]).partition("Credential=")[2].partition("/")[0]


def _read(account: Any, path: str = "mail") -> dict[str, str] | None:
    found: dict[str, str] | None = account.get(path)
    return found


def test_keys_and_region_come_from_the_environment_that_was_lent(account: Any) -> None:
    _read(account)

    (call,) = account.wire.calls
    assert _key_of(call) == "AKIATESTTESTTESTTEST"
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
    assert _key_of(first) == "AKIATESTTESTTESTTEST"
    assert second.parameters["RoleArn"] == READER
    assert second.parameters["RoleSessionName"] == "nightly"
    assert _key_of(second) not in ("AKIATESTTESTTESTTEST", "AKIAWRONGWRONGWRONG0")
    keys = {_key_of(call) for call in account.wire.to("GetSecretValue")}
    assert len(keys) == 1
    assert keys.isdisjoint({_key_of(first), _key_of(second)})


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


@pytest.fixture
def files(around: Any) -> Path:
    home = Path(around.context().environ["HOME"])
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=x\n"
        "[work]\naws_access_key_id=AKIAWORK\naws_secret_access_key=x\n"
    )
    (home / ".aws" / "config").write_text(
        "[profile work]\nregion = eu-west-3\n"
        f"[profile reader]\nrole_arn = {READER}\nsource_profile = work\nregion = eu-west-3\n"
        f"[profile mfa]\nrole_arn = {READER}\nsource_profile = work\nmfa_serial = arn:aws:iam::1:mfa/me\n"
        f"[profile tool]\nregion = eu-west-3\ncredential_process = /bin/cat {home}/login.json\n"
    )
    (home / "login.json").write_text('{"Version": 1, "AccessKeyId": "AKIATOOL", "SecretAccessKey": "x"}')
    return home / ".aws"


def _through(wire: Any, around: Any, environ: dict[str, str], **settings: Any) -> Any:
    context = around.context({"AWS_ENDPOINT_URL": wire.address, **environ})
    with AwsBackend(AwsSettings(**settings), context) as backend:
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))
    return wire.calls[-1]


@pytest.mark.parametrize(
    ("profile", "key"), [("work", "AKIAWORK"), ("tool", "AKIATOOL"), ("reader", None)], ids=["keys", "tool", "role"]
)
def test_a_profile_of_the_settings_wins_over_keys_in_the_environment(
    wire: Any, around: Any, files: Path, profile: str, key: str | None
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "x"}

    call = _through(wire, around, keys, profile=profile)

    assert _key_of(call) == key or (key is None and _key_of(wire.to("AssumeRole")[0]) == "AKIAWORK")
    assert "/eu-west-3/" in call.headers["Authorization"]


def test_the_profile_of_the_environment_or_the_default_one_is_used(wire: Any, around: Any, files: Path) -> None:
    assert _key_of(_through(wire, around, {"AWS_PROFILE": "work"})) == "AKIAWORK"
    assert _key_of(_through(wire, around, {"AWS_REGION": "eu-north-1"})) == "AKIADEFAULT"


def test_a_profile_that_does_not_exist_is_said(wire: Any, around: Any, files: Path) -> None:
    with pytest.raises(AccessDeniedError, match="profile does not exist"):
        _through(wire, around, {}, profile="nobody", region="eu-central-1")


def test_nobody_is_asked_for_an_mfa_code(wire: Any, around: Any, files: Path) -> None:
    with pytest.raises(AccessDeniedError, match="MFA"):
        _through(wire, around, {}, profile="mfa", region="eu-central-1")


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


def test_the_machine_is_not_asked_unless_the_settings_say_so(wire: Any, around: Any) -> None:
    machine = _Instance(wire)

    with pytest.raises(AccessDeniedError, match="no aws login found") as caught:
        _through(wire, around, {**MACHINE, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address})

    assert machine.asked == []
    assert "instance_metadata: true" in str(caught.value.hint)


def test_the_machine_is_not_asked_when_there_are_keys(wire: Any, around: Any) -> None:
    machine = _Instance(wire)
    keys = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "x"}

    _through(wire, around, {**MACHINE, **keys, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address})
    call = _through(
        wire, around, {**MACHINE, **keys, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address}, instance_metadata=True
    )

    assert _key_of(call) == "AKIAENVIRONMENT"
    assert machine.asked == []


def test_the_machine_s_login_is_used_when_asked_for(wire: Any, around: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):  # the SDK asks the machine past our transport
        monkeypatch.delenv(name)
    machine = _Instance(wire)

    call = _through(
        wire, around, {**MACHINE, "AWS_EC2_METADATA_SERVICE_ENDPOINT": wire.address}, instance_metadata=True
    )

    assert _key_of(call) == "AKIAMACHINE"
    assert machine.asked


@pytest.mark.parametrize("login", ["keys", "profile", "role"])
def test_a_checkout_cannot_have_the_login_sent_elsewhere(
    wire: Any, around: Any, files: Path, tmp_path: Path, login: str
) -> None:
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    more = {"keys": {}, "profile": {"profile": "work"}, "role": {"assume_role": ROLES}}[login]
    backend = AwsBackend(AwsSettings(endpoint_url=wire.address, **more), around.context(keys))

    with pytest.raises(AccessDeniedError, match=r"127\.0\.0\.1:\d+, to which your aws login may not go") as caught:
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))

    assert "AWS_ENDPOINT_URL_SECRETS_MANAGER" in str(caught.value.hint)
    assert wire.connections == 0


@pytest.mark.parametrize(
    "address", ["https://secretsmanager.eu-central-1.amazonaws.com.evil.example", "http://x.amazonaws.com"]
)
def test_only_aws_itself_over_tls_is_aws(around: Any, address: str) -> None:
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    backend = AwsBackend(AwsSettings(endpoint_url=address), around.context(keys))

    with pytest.raises(AccessDeniedError, match="may not go"):
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))


def test_a_host_that_the_user_allows_may_have_it(wire: Any, around: Any) -> None:
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    settings = AwsSettings(endpoint_url=wire.address)
    for context in (
        around.context(keys, allowed_hosts=frozenset({"127.0.0.1"})),
        around.context(keys, allowed_hosts=frozenset({wire.address.removeprefix("http://")})),
        around.context({**keys, "AWS_ENDPOINT_URL_SECRETS_MANAGER": wire.address}),
    ):
        with AwsBackend(settings, context) as backend:
            assert backend.read(AwsReference(path="mail"), deadline=Deadline(30)) is None

    assert wire.counted() == {"GetSecretValue": 3}


def test_another_port_of_the_user_s_own_host_is_another_place(wire: Any, around: Any) -> None:
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    context = around.context({**keys, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    backend = AwsBackend(AwsSettings(endpoint_url=wire.address), context)

    with pytest.raises(AccessDeniedError, match="may not go"):
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))


def test_a_proxy_of_the_environment_is_used_and_bypassed_as_it_says(wire: Any, around: Any) -> None:
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    there = {**keys, "AWS_ENDPOINT_URL": "http://secrets.internal.example"}

    def read(environ: dict[str, str]) -> None:
        with AwsBackend(AwsSettings(), around.context(environ)) as backend:
            backend.read(AwsReference(path="mail"), deadline=Deadline(3))

    read({**there, "http_proxy": wire.address})
    assert wire.calls[0].headers["Host"] == "secrets.internal.example"
    with pytest.raises(OrqoVaultError):
        read({**there, "http_proxy": wire.address, "NO_PROXY": ".internal.example"})
    assert len(wire.calls) == 1


def test_a_container_s_login_is_used(wire: Any, around: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):  # the SDK asks the container past our transport
        monkeypatch.delenv(name)
    ends = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    login = {"AccessKeyId": "AKIACONTAINER", "SecretAccessKey": "x", "Token": "t", "Expiration": ends}
    wire.disturb("/login", _answering(json.dumps(login)))

    call = _through(
        wire,
        around,
        {
            **MACHINE,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{wire.address}/login",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "from-the-agent",
        },
    )

    assert _key_of(call) == "AKIACONTAINER"
    assert wire.calls[0].headers["Authorization"] == "from-the-agent"


def test_a_token_file_that_is_missing_is_a_login_that_cannot_be_had(open_account: Callable[..., Any]) -> None:
    account = open_account(web_identity=WebIdentity(role_arn=HUB, token_file="missing"))

    with pytest.raises(AccessDeniedError, match="login could not be had"):
        _read(account)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return file


def test_only_a_certificate_that_is_trusted_is_accepted(wire: Any, around: Any, certificate: Path) -> None:
    wire.speak_tls(certificate)
    keys = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    there = {**keys, "AWS_ENDPOINT_URL": wire.address}

    with pytest.raises(BackendError, match="certificate is not trusted") as caught:
        _through(wire, around, there)
    assert "AWS_CA_BUNDLE" in str(caught.value.hint)
    assert wire.calls == []
    assert wire.connections == 1, "not tried again"

    _through(wire, around, {**there, "AWS_CA_BUNDLE": str(certificate)})
    assert len(wire.calls) == 1
    with pytest.raises(BackendError, match="trusted certificates does not exist"):
        _through(wire, around, {**there, "AWS_CA_BUNDLE": str(certificate) + ".gone"})
