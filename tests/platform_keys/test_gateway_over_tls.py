"""A tenant's run against a gateway with the certificate of a private authority, which ``SSL_CERT_FILE`` names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.gateway.harness import Gateway, Upstream

if TYPE_CHECKING:
    from tests.platform_keys.conftest import Stage

AGENT = """\
from openai import OpenAI
with OpenAI(max_retries=0) as client:
    said = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hello"}])
print(client.base_url.scheme, len(said.choices))
"""


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def gateway(authority: trustme.CA, tmp_path: Path) -> Iterator[Gateway]:
    certificate, key = tmp_path / "tls.pem", tmp_path / "tls.key"
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    upstream = Upstream()
    made = Gateway(tmp_path / "gateway", upstream)
    made.start("--tls-certificate", str(certificate), "--tls-key", str(key))
    yield made
    made.close()
    upstream.process.stop()


def test_a_run_trusts_the_authority_that_the_tenant_names_and_no_other(
    stage: Stage, gateway: Gateway, authority: trustme.CA, tmp_path: Path
) -> None:
    address = f"https://127.0.0.1:{gateway.port}"
    stage.operates({"type": "gateway", "address": address}, ledger=None, backends=None)
    (stage.project / "agent.py").write_text(AGENT)
    assert stage.types("llm", "enrol", address, stdin=gateway.enrol("acme")).status == 0
    run = ("run", "--", sys.executable, "agent.py")
    for name, others in (("another", trustme.CA()), ("private", authority)):
        others.cert_pem.write_to_path(tmp_path / f"{name}.pem")
    done = stage.types(*run, env={"SSL_CERT_FILE": str(tmp_path / "another.pem")})
    assert done.status == 125
    assert f"the gateway {address} is not trusted" in done.err
    done = stage.types(*run, env={"SSL_CERT_FILE": str(tmp_path / "private.pem")})
    assert (done.status, done.out) == (0, "https 1\n"), done.err
