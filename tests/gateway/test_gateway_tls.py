"""Served over TLS: official SDKs that know the certificate's authority, and files that no TLS can be made of."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendUnavailableError
from orqo_vault.platform_keys.control_plane import ControlPlane
from orqo_vault.secret import SecretValue
from tests.gateway.harness import Gateway, sent

HELLO: Any = [{"role": "user", "content": "hello"}]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return tmp_path / "authority.pem"


@pytest.fixture
def files(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    """Return a certificate for this machine, and its key."""
    issued = authority.issue_cert("localhost", "127.0.0.1")
    certificate, key = tmp_path / "tls.pem", tmp_path / "tls.key"
    for each in issued.cert_chain_pems:
        each.write_to_path(certificate, append=True)
    key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(key)
    return certificate, key


def words(files: tuple[Path, Path]) -> list[str]:
    return ["--tls-certificate", str(files[0]), "--tls-key", str(files[1])]


def test_the_sdks_are_served_over_tls_and_who_does_not_know_the_authority_is_not(
    new_gateway: Callable[..., Gateway], files: tuple[Path, Path], trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = new_gateway().start(*words(files))
    control = ControlPlane(f"https://localhost:{gateway.port}", SecretValue(gateway.enrol("acme")))
    asked = {"name": "nightly", "models": [], "budget": 100_000}
    with pytest.raises(BackendUnavailableError, match="is not trusted"):
        control.balance(Deadline(10))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    lent = {
        name: control.begin({**asked, "run": name, "credential": name, "provider": name}, Deadline(10))
        for name in ("openai", "anthropic")
    }
    assert lent["openai"]["base_url"] == f"https://127.0.0.1:{gateway.port}/openai/v1"
    monkeypatch.delenv("SSL_CERT_FILE")
    knows = ssl.create_default_context(cafile=str(trusted))
    with (
        openai.OpenAI(
            api_key=lent["openai"]["token"],
            base_url=lent["openai"]["base_url"],
            http_client=openai.DefaultHttpxClient(verify=knows),
        ) as gpt,
        anthropic.Anthropic(
            api_key=lent["anthropic"]["token"],
            base_url=lent["anthropic"]["base_url"],
            http_client=anthropic.DefaultHttpxClient(verify=knows),
        ) as claude,
    ):
        chunks = list(gpt.chat.completions.create(model="gpt-4o", messages=HELLO, stream=True))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "the quick brown fox "
        said = claude.messages.create(model="claude-test", max_tokens=100, messages=HELLO)
        assert said.usage.output_tokens == 4
    for name in lent:
        (request,) = gateway.all_ended("acme", name, 1)
        assert request.metered == "gateway"
    with (
        openai.OpenAI(api_key="x", base_url=lent["openai"]["base_url"], max_retries=0) as stranger,
        pytest.raises(openai.APIConnectionError),
    ):
        stranger.chat.completions.create(model="gpt-4o", messages=HELLO)


def test_where_tls_is_served_nothing_is_said_in_the_clear(
    new_gateway: Callable[..., Gateway], files: tuple[Path, Path]
) -> None:
    gateway = new_gateway().start(*words(files))
    assert b"HTTP/" not in sent(gateway.port, b"GET /orqo/v1/balance HTTP/1.1\r\nhost: x\r\n\r\n")


def test_with_tls_it_may_listen_where_others_reach_it(
    new_gateway: Callable[..., Gateway], files: tuple[Path, Path], trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = new_gateway()
    origin = "address: 'https://localhost:1', upstream:"
    gateway.operator.write_text(gateway.operator.read_text().replace("upstream:", origin))
    gateway.start(*words(files), "--listen", "0.0.0.0:0")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    control = ControlPlane(f"https://localhost:{gateway.port}", SecretValue(gateway.enrol("acme")))
    assert control.balance(Deadline(10))["organization"] == "acme"


def test_where_it_listens_everywhere_runs_must_be_told_an_address(
    new_gateway: Callable[..., Gateway], files: tuple[Path, Path]
) -> None:
    said = new_gateway().operate("serve", "--listen", "0.0.0.0:0", *words(files), status=4)
    assert "platform_providers.openai: says no address" in said


def test_files_that_no_tls_can_be_made_of_are_said_at_the_start(
    new_gateway: Callable[..., Gateway], files: tuple[Path, Path], authority: trustme.CA, tmp_path: Path
) -> None:
    gateway = new_gateway()
    certificate, key = files
    anothers, locked = tmp_path / "another.key", tmp_path / "locked.key"
    authority.issue_cert("localhost").private_key_pem.write_to_path(anothers)
    locked.write_bytes(
        serialization.load_pem_private_key(key.read_bytes(), None).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"pw")
        )
    )
    for wrong in (tmp_path / "absent.key", anothers, locked, certificate):
        said = gateway.operate("serve", "--listen", "127.0.0.1:0", *words((certificate, wrong)), status=4)
        assert f"no TLS with {certificate} and {wrong}" in said
    assert "belong together" in gateway.operate("serve", "--tls-certificate", str(certificate), status=4)


def test_production_refuses_a_key_that_others_can_read(
    new_gateway: Callable[..., Gateway], files: tuple[Path, Path]
) -> None:
    files[1].chmod(0o640)
    said = new_gateway().operate("serve", "--production", "--listen", "127.0.0.1:0", *words(files), status=4)
    assert f"{files[1]} can be read by others" in said
