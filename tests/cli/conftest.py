"""A project in a folder of its own, and two ways to type a command in it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pytest

from orqo_vault.cli.main import main

SETTINGS = """\
# The project's credentials.
version: 1
default_backend: local

backends:
  local: {type: encrypted-file, path: .orqo-vault}
  frozen: {type: encrypted-file, path: .frozen, read_only: true}

credentials:
  # pays for the models
  openai: {name: OpenAI key, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai}
  mail:
    name: Outgoing mail
    key: SMTP
    category: communication
    type: email_smtp
    values: {host: smtp.acme.example}
  login: {name: Login, key: REGISTRY, category: runtime, type: username_password}
  pair: {name: Pair, key: PAIR, category: custom, type: custom, fields: [left, right]}
  shared: {name: Shared, key: SHARED, category: runtime, type: api_token, path: team/shared}
  hosted: {name: Hosted, key: HOSTED_KEY, category: llm_provider, type: api_token, provider: acme, mode: platform}
  deploy: {name: Deploy key, key: DEPLOY_KEY, category: ssh_key, type: ssh_key}

llm:
  default: {model: "openai:gpt-4o", credential: openai}

runs:
  default: {credentials: [mail], llm: [default]}
  nightly: {credentials: [openai], on_conflict: error}
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        import json

        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The JSON error on stderr."""
        import json

        return json.loads(self.err)["error"]


class Cli:
    """Types commands in the project's folder. A call stays in this process; ``process`` is a real one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch

    def __call__(self, *words: str, stdin: bytes = b"") -> Done:
        stdout, stderr = _stream(), _stream()
        with self._monkeypatch.context() as patched:
            patched.chdir(self.folder)
            patched.setattr(sys, "stdin", _stream(stdin))
            patched.setattr(sys, "stdout", stdout)
            patched.setattr(sys, "stderr", stderr)
            status = main(words)
            stdout.flush()
            stderr.flush()
        return Done(status, _bytes(stdout), _bytes(stderr).decode())

    def process(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, **more: Any) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "orqo_vault", *words],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            check=False,
            **more,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())

    def terminal(self, *words: str, env: Mapping[str, str] | None = None) -> pexpect.spawn:
        """Start a command with a terminal; wide enough that no line is folded."""
        return pexpect.spawn(
            sys.executable,
            ["-m", "orqo_vault", *words],
            cwd=str(self.folder),
            env={**os.environ, "TERM": "xterm", **(env or {})},
            dimensions=(50, 200),
            timeout=60,
        )


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="backslashreplace", newline="")


def _bytes(stream: io.TextIOWrapper) -> bytes:
    held = stream.buffer
    assert isinstance(held, io.BytesIO)
    return held.getvalue()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with a settings file and nothing stored."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "orqo-vault.yaml").write_text(SETTINGS)
    return folder


@pytest.fixture
def cli(project: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(project, monkeypatch)


@pytest.fixture
def settings(project: Path) -> Path:
    return project / "orqo-vault.yaml"


@pytest.fixture
def filled(cli: Cli) -> Cli:
    """Return a cli whose default run has all it needs."""
    assert cli("set", "openai", stdin=b"sk-1").status == 0
    assert cli("set", "mail.password", stdin=b"pw-1").status == 0
    return cli
