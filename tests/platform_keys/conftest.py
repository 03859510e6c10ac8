"""An operator with a ledger and a key, a project of a tenant, and commands that are typed in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orqo_vault import Surroundings, Vault
from orqo_vault.credits import micro_credits
from orqo_vault.ledger import Balance, Ledger, open_ledger

KEY = "sk-the-platforms-own-key-0123456789"
PROJECT = """\
version: 1
backends:
  local: {type: encrypted-file, path: .orqo-vault}
credentials:
  openai: {name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai, mode: platform}
  own: {name: Own, key: OWN_KEY, category: custom, type: api_token}
llm:
  default: {model: "openai:gpt-4o", credential: openai}
runs:
  default: {llm: [default], budget: 1}
  nightly: {credentials: [own], llm: [default], budget: 2.5}
  unlimited: {llm: [default]}
  own: {credentials: [own]}
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> Any:
        return json.loads(self.err.splitlines()[-1])["error"]


class Stage:
    """One machine on which the operator and a tenant are the same OS user."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.office = folder / "operator"
        self.operator = self.office / "operator.yaml"
        self.database = self.office / "ledger.db"
        self.project.mkdir()
        self.office.mkdir(mode=0o700)
        (self.project / "orqo-vault.yaml").write_text(PROJECT)

    def operates(
        self,
        provider: Mapping[str, Any] | None = None,
        *,
        uids: list[int] | None = None,
        production: bool = False,
        **more: Any,
    ) -> None:
        """Write the operator's file; ``provider`` is its entry for openai, ``direct`` for all runs by default."""
        direct = {"type": "direct", "backend": "keys", "path": "openai", "runs": ["default", "nightly", "unlimited"]}
        file = {
            "production": production,
            "organizations": {"acme": {"uids": [os.geteuid()] if uids is None else uids}},
            "backends": {"keys": {"type": "encrypted-file", "path": "keys"}},
            "platform_providers": {"openai": direct if provider is None else dict(provider)},
            "ledger": {"address": f"sqlite://{self.database}"},
            "prices": {"models": {"openai:gpt-4o": {"input": 2.5, "output": 10}}},
            **more,
        }
        self.operator.write_text(json.dumps(file))  # JSON is YAML
        self.operator.chmod(0o600)

    def stores_the_key(self, key: str = KEY) -> None:
        """Put the operator's key into the operator's backend."""
        declared = {"name": "k", "key": "K", "category": "custom", "type": "api_token", "path": "openai"}
        settings = self.office / "orqo-vault.yaml"
        settings.write_text(
            json.dumps(
                {"backends": {"keys": {"type": "encrypted-file", "path": "keys"}}, "credentials": {"k": declared}}
            )
        )
        with Vault.open(settings) as vault:
            vault.put("k", {"token": key})
        settings.unlink()

    def grants(self, credits: str, period: str = "2026-11") -> None:
        with open_ledger(f"sqlite://{self.database}", create=True) as ledger:
            ledger.grant("acme", micro_credits(credits), period=period)

    def ledger(self) -> Ledger:
        return open_ledger(f"sqlite://{self.database}")

    def balance(self) -> Balance:
        with self.ledger() as ledger:
            return ledger.balance("acme")

    def vault(self, **around: Any) -> Vault:
        return Vault.open(self.project / "orqo-vault.yaml", operator=self.operator, surroundings=Surroundings(**around))

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "orqo_vault", "--operator", str(self.operator), *words]

    def types(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Done:
        """Type a command in the project."""
        done = subprocess.run(
            self.words(*words),
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.project,
            env={**os.environ, **(env or {})},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return a machine whose operator has written no file yet."""
    return Stage(tmp_path)


@pytest.fixture
def direct(stage: Stage) -> Stage:
    """Return a machine whose operator lends its key directly, to an organization with 10 credits."""
    stage.stores_the_key()
    stage.operates()
    stage.grants("10")
    return stage
