"""A provider, and a gateway that runs as a user of its own on the machine of the two tenants."""

from __future__ import annotations

from orqo_vault.ledger import Balance
from tests.gateway.harness import KEY, Process, Upstream, started
from tests.two_tenants.conftest import Machine, Tenant
from tests.two_tenants.users import python_as

__all__ = ["KEY", "Platform"]

DECIDED = """\
backends:
  keys: {{type: encrypted-file, path: {vaults}/keys}}
ledger: {{address: "{address}"}}
prices:
  models:
    "openai:gpt-4o": {{input: 2.50, output: 10.00}}
audit:
  sinks: []
platform_providers:
  openai: {{type: gateway, upstream: "{upstream}", backend: keys, path: openai{more}}}
"""
KEYS = """\
version: 1
backends:
  keys: {type: encrypted-file, path: keys}
credentials:
  openai: {name: The platform's, key: K, category: custom, type: api_token, path: openai}
"""
PROJECT = """\
version: 1
organization: {organization}
credentials:
  openai:
    {{name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai, mode: platform}}
llm:
  default: {{model: "openai:gpt-4o", credential: openai}}
runs:
  default: {{llm: [default], budget: 1}}
"""
ASK = """
import json, os, sys, urllib.request
def ask(token=os.environ["OPENAI_API_KEY"]):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 10}
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps(body).encode(),
        {"Authorization": "Bearer " + token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]
"""
"""The beginning of a program that a tenant runs: no SDK, so that nothing but Python is needed."""


class Platform:
    """All of it, running."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.upstream = Upstream()
        self.clerk = Tenant(machine, "clerk", machine.gateway, "none")
        self.clerk.write("project/orqo-vault.yaml", KEYS.replace("path: keys", f"path: {machine.vaults}/keys"))
        self._decide("")
        self.operate("set", "openai", stdin=KEY)
        self.operate("credits", "init")
        machine.vaults.chmod(0o700)
        self.gateway = self._serve()
        self.address = f"http://127.0.0.1:{self.gateway.port}"
        self._decide(f', address: "{self.address}"')
        for tenant in (machine.dash, machine.slash):
            tenant.write("project/orqo-vault.yaml", PROJECT.format(organization=tenant.organization))
            self.operate("credits", "grant", tenant.organization, "10", "--period", "2026-11")
            token = self.operate("gateway", "enrol", tenant.organization)
            enrolled = tenant("llm", "enrol", self.address, stdin=token)
            assert enrolled.status == 0, enrolled

    def operate(self, *words: str, stdin: str = "") -> str:
        """Type a command as the gateway's user, who is the operator here."""
        done = self.clerk(*words, stdin=stdin)
        assert done.status == 0, done
        return done.out.strip()

    def balance(self, tenant: Tenant) -> Balance:
        with self.machine.ledger() as ledger:
            return ledger.balance(tenant.organization)

    def close(self) -> None:
        self.gateway.stop()
        self.upstream.process.stop()

    def _decide(self, more: str) -> None:
        machine = self.machine
        machine.decide(
            DECIDED.format(vaults=machine.vaults, address=machine.address, upstream=self.upstream.origin, more=more)
        )

    def _serve(self) -> Process:
        words = ["-m", "orqo_vault", "--operator", str(self.machine.operator), "gateway", "serve"]
        command = python_as(self.machine.gateway, *words, "--listen", "127.0.0.1:0", "--name", "gw")
        return started(command, self.clerk.env, rb"listens on http://[^ ]*:(\d+) ")
