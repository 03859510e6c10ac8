"""A tenant's ``orqo-vault run`` against a real gateway: an unmodified SDK in the run, metered, and void afterwards."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orqo_vault.platform_keys import hold_id
from tests.gateway.harness import KEY, Gateway, Upstream, eventually, exchange

if TYPE_CHECKING:
    from tests.platform_keys.conftest import Stage

AGENT = """\
import os, sys
from openai import OpenAI
with OpenAI(max_retries=0) as client:
    said = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hello"}])
open("used.txt", "w").write(os.environ["OPENAI_API_KEY"])
print(len(said.choices))
"""


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    upstream = Upstream()
    made = Gateway(tmp_path / "gateway", upstream).start()
    yield made
    made.close()
    upstream.process.stop()


@pytest.fixture
def tenant(stage: Stage, gateway: Gateway) -> Stage:
    """Return a machine that knows the gateway's address, and an enrolment typed on stdin."""
    address = f"http://127.0.0.1:{gateway.port}"
    stage.operates({"type": "gateway", "address": address}, ledger=None, backends=None)
    (stage.project / "agent.py").write_text(AGENT)
    done = stage.types("llm", "enrol", address, stdin=gateway.enrol("acme"))
    assert done.status == 0, done.err
    return stage


def test_an_sdk_in_the_run_is_metered_and_its_token_is_void_when_the_run_has_ended(
    tenant: Stage, gateway: Gateway, home: Path
) -> None:
    done = tenant.types("run", "--manifest", "manifest.json", "--", sys.executable, "agent.py")
    assert (done.status, done.out) == (0, "1\n"), done.err
    run = json.loads((tenant.project / "manifest.json").read_text())["run_id"]
    (request,) = gateway.all_ended("acme", run, 1)
    assert (request.state, request.metered, request.hold) == ("settled", "gateway", hold_id(run, "openai"))
    assert request.charged > 0
    assert eventually(lambda: gateway.ledger.balance("acme").held == 0, "the hold")
    token = (tenant.project / "used.txt").read_text()
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "again"}]}
    status, _ = exchange(gateway.port, "POST", "/openai/v1/chat/completions", token=token, body=body)
    assert status == 401
    files = [each for folder in (tenant.project, home) for each in folder.rglob("*") if each.is_file()]
    assert [each for each in files if KEY.encode() in each.read_bytes()] == []
    assert KEY not in done.out + done.err


def test_a_run_that_wants_more_than_there_is_is_told_so(tenant: Stage, gateway: Gateway) -> None:
    settings = tenant.project / "orqo-vault.yaml"
    settings.write_text(settings.read_text().replace("budget: 1}", "budget: 5000}"))
    done = tenant.types("run", "--json", "--", "true")
    assert (done.status, done.error["code"]) == (125, "insufficient_credits")
    assert gateway.ledger.balance("acme").held == 0


def test_an_enrolment_that_was_revoked_lends_nothing(tenant: Stage, gateway: Gateway) -> None:
    (line,) = [each for each in gateway.operate("enrolments").splitlines() if "acme" in each]
    gateway.operate("revoke", line.split()[0])
    done = tenant.types("run", "--json", "--", "true")
    assert (done.status, done.error["code"]) == (125, "access_denied")
