"""Where requests go: never with your login to a place that a checkout chose, and over TLS that is trusted."""

from __future__ import annotations

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
from orqo_vault_aws.settings import AwsSettings, Role

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError, BackendError, OrqoVaultError

pytestmark = pytest.mark.usefixtures("wrong_process_environment")

KEYS = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}


@pytest.mark.parametrize(
    "login",
    [{}, {"profile": "work"}, {"assume_role": (Role(role_arn="arn:aws:iam::1:role/r"),)}],
    ids=["keys", "profile", "role"],
)
def test_a_checkout_cannot_have_the_login_sent_elsewhere(
    wire: Any, around: Any, aws_files: Path, login: dict[str, Any]
) -> None:
    backend = AwsBackend(AwsSettings(endpoint_url=wire.address, **login), around.context(KEYS))

    with pytest.raises(AccessDeniedError, match=r"127\.0\.0\.1:\d+, to which your aws login may not go") as caught:
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))

    assert "AWS_ENDPOINT_URL_SECRETS_MANAGER" in str(caught.value.hint)
    assert wire.connections == 0


@pytest.mark.parametrize(
    "address", ["https://secretsmanager.eu-central-1.amazonaws.com.evil.example", "http://x.amazonaws.com"]
)
def test_only_aws_itself_over_tls_is_aws(around: Any, address: str) -> None:
    backend = AwsBackend(AwsSettings(endpoint_url=address), around.context(KEYS))

    with pytest.raises(AccessDeniedError, match="may not go"):
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))


def test_a_host_that_the_user_allows_may_have_it(wire: Any, around: Any) -> None:
    settings = AwsSettings(endpoint_url=wire.address)
    for context in (
        around.context(KEYS, allowed_hosts=frozenset({"127.0.0.1"})),
        around.context(KEYS, allowed_hosts=frozenset({wire.address.removeprefix("http://")})),
        around.context({**KEYS, "AWS_ENDPOINT_URL_SECRETS_MANAGER": wire.address}),
    ):
        with AwsBackend(settings, context) as backend:
            assert backend.read(AwsReference(path="mail"), deadline=Deadline(30)) is None

    assert wire.counted() == {"GetSecretValue": 3}


def test_another_port_of_the_user_s_own_host_is_another_place(wire: Any, around: Any) -> None:
    context = around.context({**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    backend = AwsBackend(AwsSettings(endpoint_url=wire.address), context)

    with pytest.raises(AccessDeniedError, match="may not go"):
        backend.read(AwsReference(path="mail"), deadline=Deadline(30))


def test_a_proxy_of_the_environment_is_used_and_bypassed_as_it_says(wire: Any, around: Any) -> None:
    there = {**KEYS, "AWS_ENDPOINT_URL": "http://secrets.internal.example"}

    def read(environ: dict[str, str]) -> None:
        with AwsBackend(AwsSettings(), around.context(environ)) as backend:
            backend.read(AwsReference(path="mail"), deadline=Deadline(3))

    read({**there, "http_proxy": wire.address})
    assert wire.calls[0].headers["Host"] == "secrets.internal.example"
    with pytest.raises(OrqoVaultError):
        read({**there, "http_proxy": wire.address, "NO_PROXY": ".internal.example"})
    assert len(wire.calls) == 1


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


def test_only_a_certificate_that_is_trusted_is_accepted(
    through: Callable[..., Any], wire: Any, certificate: Path
) -> None:
    wire.speak_tls(certificate)
    there = {**KEYS, "AWS_ENDPOINT_URL": wire.address}

    with pytest.raises(BackendError, match="certificate is not trusted") as caught:
        through(there)
    assert "AWS_CA_BUNDLE" in str(caught.value.hint)
    assert wire.calls == []
    assert wire.connections == 1, "not tried again"

    through({**there, "AWS_CA_BUNDLE": str(certificate)})
    assert len(wire.calls) == 1
    with pytest.raises(BackendError, match="trusted certificates does not exist"):
        through({**there, "AWS_CA_BUNDLE": str(certificate) + ".gone"})
