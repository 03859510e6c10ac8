"""A platform key from both sides: the operator's key and ledger, and a project that has stored nothing.

It uses ``direct``, where operator and tenant are one OS user: for development. ``docs/platform-keys.md`` has the rest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from orqo_vault import Vault
from orqo_vault.credits import Tokens, credits_text, micro_credits
from orqo_vault.errors import InsufficientCreditsError
from orqo_vault.ledger import open_ledger
from orqo_vault.vault.reporting import Usage

PLATFORMS_KEY = "sk-the-platforms-key-0123456789"
KEYS = {"keys": {"type": "encrypted-file", "path": "keys"}}
MODEL = "openai:gpt-4o"
LOOKS = f"import os; print('the run has the platform key:', os.environ['OPENAI_API_KEY'] == {PLATFORMS_KEY!r})"


def main() -> None:
    """Set up an operator and a project in a folder of their own, and run."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_STATE_HOME=f"{folder}/state", XDG_CONFIG_HOME=f"{folder}/config")
        office, project = Path(folder, "operator"), Path(folder, "project")
        operator = operator_in(office)
        settings = project_in(project)
        with Vault.open(settings, operator=operator) as vault:
            linked = vault.llm("default")
            print(f"{linked.model}: mode {linked.mode}, sets {', '.join(linked.variables)}", flush=True)
            with vault.prepare() as run:
                say(office, "while it runs")
                subprocess.run([sys.executable, "-c", LOOKS], env=run.child_env(os.environ), check=True)
                tokens = Tokens(input=12_000, output=3_000)
                vault.settle(run, [Usage(credential="openai", model=MODEL, tokens=tokens, reference="call-1")])
            say(office, "when it has ended")
            try:
                vault.prepare(run="large")
            except InsufficientCreditsError as error:
                print(f"a run with a budget of {credits_text(error.required)}: {error}")


def operator_in(office: Path) -> Path:
    """Store the operator's key, grant a credit, and write the operator's file."""
    office.mkdir()
    store = {"name": "OpenAI", "key": "K", "category": "custom", "type": "api_token", "path": "openai"}
    (office / "orqo-vault.yaml").write_text(json.dumps({"backends": KEYS, "credentials": {"openai": store}}))
    with Vault.open(office / "orqo-vault.yaml") as vault:
        vault.put("openai", {"token": PLATFORMS_KEY})
    with open_ledger(f"sqlite://{office}/ledger.db", create=True) as ledger:
        ledger.grant("acme", micro_credits("1"), period="2026-11")
    file = office / "operator.yaml"
    provider = {"type": "direct", "backend": "keys", "path": "openai", "runs": ["default", "large"]}
    said = {
        "organizations": {"acme": {"uids": [os.geteuid()]}},
        "backends": KEYS,
        "platform_providers": {"openai": provider},
        "ledger": {"address": f"sqlite://{office}/ledger.db"},
        "prices": {"models": {MODEL: {"input": 2.5, "output": 10}}},
    }
    file.write_text(json.dumps(said))  # JSON is YAML
    file.chmod(0o600)
    return file


def project_in(project: Path) -> Path:
    """Write a project that wants a platform key."""
    project.mkdir()
    file = project / "orqo-vault.yaml"
    file.write_text(
        "credentials:\n"
        "  openai: {name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai,"
        " mode: platform}\n"
        f"llm:\n  default: {{model: '{MODEL}', credential: openai}}\n"
        "runs:\n  default: {llm: [default], budget: 0.5}\n  large: {llm: [default], budget: 5}\n"
    )
    return file


def say(office: Path, when: str) -> None:
    """Print how the organization stands."""
    with open_ledger(f"sqlite://{office}/ledger.db") as ledger:
        balance = ledger.balance("acme")
    print(f"{when}: balance {credits_text(balance.balance)}, held {credits_text(balance.held)}", flush=True)


if __name__ == "__main__":
    main()
