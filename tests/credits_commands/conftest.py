"""An operator's file with a ledger in a folder of its own, and a way to type commands as the operator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.cli.main import main
from orqo_vault.ledger import Ledger, open_ledger

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


@pytest.fixture
def ledger(desk: Desk) -> Iterator[Ledger]:
    """The ledger behind the commands; it must add up when the test is over."""
    with open_ledger(desk.address, create=True) as opened:
        yield opened
        assert opened.verify() == []


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, f"sqlite://{tmp_path}/ledger.db", capsys)


Spend = Callable[..., None]
