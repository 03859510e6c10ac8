"""An operator's file with a ledger in a folder of its own, and a way to type commands as the operator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.cli.main import main
from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import Ledger, Use, open_ledger
from orqo_vault.platform_keys import hold_id

OPERATOR = """\
version: 1
organizations:
  acme: {{users: [acme-engine]}}
  beta: {{uids: [54321]}}
ledger: {{address: "{address}"}}
prices:
  markup_percent: 20
  models:
    "openai:gpt-4o": {{input: 2.50, cached_input: 1.25, output: 10.00}}
audit:
  sinks: [{{type: file, path: {folder}/audit.jsonl, sync: false}}]
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def code(self) -> Any:
        """The code of the JSON error on stderr."""
        return json.loads(self.err)["error"]["code"]


class Desk:
    """Types ``orqo-vault credits …`` with an operator's file."""

    def __init__(self, folder: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.address = address
        self.file = folder / "operator.yaml"
        self.file.write_text(OPERATOR.format(address=address, folder=folder))
        self.file.chmod(0o644)
        self._capsys = capsys

    def __call__(self, *words: str) -> Done:
        self._capsys.readouterr()
        status = main(["--operator", str(self.file), "credits", *words])
        out, err = self._capsys.readouterr()
        return Done(status, out, err)

    def process(self, *words: str, **env: str) -> Done:
        """Type it in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "orqo_vault", "--operator", str(self.file), "credits", *words],
            capture_output=True,
            text=True,
            env={**os.environ, **env},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def audit(self) -> list[dict[str, Any]]:
        file = self.folder / "audit.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def make_this_user_a_tenant(self, organization: str) -> None:
        """Count this user to an organization, as on a developer's machine: tenant and operator in one."""
        text = self.file.read_text()
        entry = next(line for line in text.splitlines() if line.startswith(f"  {organization}: "))
        self.file.write_text(text.replace(entry, f"  {organization}: {{uids: [{os.geteuid()}]}}"))


class Engine:
    """Uses credits as runs do."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def hold(self, run: str, amount: int, organization: str = "acme", **more: Any) -> None:
        use = Use(organization=organization, run=run, credential="openai", provider="openai", model="gpt-4o")
        self.ledger.reserve(use, amount, hold=hold_id(run, "openai"), lasts=timedelta(hours=1), **more)

    def start(self, run: str, reference: str, amount: int, organization: str = "acme") -> None:
        self.ledger.start(
            organization, hold_id(run, "openai"), reference=reference, model="gpt-4o", estimate=amount, gateway="gw"
        )

    def spend(self, run: str, reference: str, amount: int, organization: str = "acme") -> None:
        """Hold, use 1,000 tokens for ``amount``, and end."""
        self.hold(run, amount, organization)
        self.start(run, reference, amount, organization)
        tokens = Tokens(input=900, output=100)
        self.ledger.settle(organization, reference, tokens=tokens, cost=Cost(amount=amount), metered="gateway")
        self.ledger.release(organization, hold_id(run, "openai"))


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/ledger.db"


@pytest.fixture
def desk(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, address, capsys)


@pytest.fixture
def ledger(desk: Desk) -> Iterator[Ledger]:
    """The ledger behind the commands; it must add up when the test is over."""
    with open_ledger(desk.address, create=True) as opened:
        yield opened
        assert opened.verify() == []


@pytest.fixture
def engine(ledger: Ledger) -> Engine:
    return Engine(ledger)
