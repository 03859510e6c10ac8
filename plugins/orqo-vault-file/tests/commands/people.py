"""People who work on one project: each with an own home, own keys and marks, and an own git checkout."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pexpect

from orqo_vault.cli.main import main

SETTINGS = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: .orqo-vault}
credentials:
  openai: {name: OpenAI key, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai}
  github: {name: GitHub token, key: GITHUB_TOKEN, category: mcp_service, type: api_token}
  mail: {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: smtp.example.org}}
runs:
  default: {credentials: [openai]}
"""

GIT_SETTINGS = """\
[user]
    name = {name}
    email = {name}@example.org
[init]
    defaultBranch = main
[gc]
    auto = 0
[maintenance]
    auto = false
[advice]
    detachedHead = false
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


@dataclass
class Person:
    """Somebody at a machine of their own, in the folder of their checkout."""

    name: str
    home: Path
    project: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True)
        (self.home / ".gitconfig").write_text(GIT_SETTINGS.format(name=self.name))

    @property
    def folder(self) -> Path:
        """The store's directory."""
        return self.project / ".orqo-vault"

    @property
    def key_file(self) -> Path:
        (found,) = (self.home / ".config/orqo-vault/keys").iterdir()
        return found

    @property
    def user_config(self) -> Path:
        return self.home / ".config/orqo-vault/config.yaml"

    def file(self, path: str) -> Path:
        return self.folder / "c" / f"c-{path}.sealed"

    def generation(self, path: str) -> int:
        return int(self.file(path).read_text().partition("generation=")[2].partition(" ")[0])

    def env(self, **more: str) -> dict[str, str]:
        """Return an environment in which nothing of this machine's user is left."""
        own = {"HOME": str(self.home), "USER": self.name, "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        return {**own, **self.environ, **more}

    def try_(self, *words: str, stdin: str = "", **environ: str) -> Done:
        """Type ``orqo-vault WORDS`` without a terminal; stays in this process, which saves most of the time."""
        standard = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdin", "stdout", "stderr")}
        standard["stdin"].buffer.write(stdin.encode())
        standard["stdin"].seek(0)
        with (
            mock.patch.dict(os.environ, self.env(**environ), clear=True),
            contextlib.chdir(self.project),
            mock.patch.multiple(sys, **standard),
        ):
            status = main(words)
        return Done(status, _written(standard["stdout"]), _written(standard["stderr"]))

    def __call__(self, *words: str, stdin: str = "", **environ: str) -> Done:
        """As :meth:`try_`, for what must succeed."""
        done = self.try_(*words, stdin=stdin, **environ)
        assert done.status == 0, done.err
        return done

    def process(self, *words: str, **environ: str) -> Done:
        """Type ``orqo-vault WORDS`` in a process of its own, as everybody does."""
        done = subprocess.run(
            [sys.executable, "-m", "orqo_vault", *words],
            cwd=self.project,
            env=self.env(**environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def terminal(self, *words: str) -> pexpect.spawn:
        """Type ``orqo-vault WORDS`` at a terminal so wide that no line is folded."""
        session = pexpect.spawn(
            sys.executable,
            ["-m", "orqo_vault", *words],
            cwd=str(self.project),
            env=self.env(TERM="dumb"),
            dimensions=(50, 240),
            timeout=60,
            encoding="utf-8",
        )
        session.delaybeforesend = None
        return session

    def declare(self, count: int) -> None:
        """Declare so many credentials, c0 and up."""
        lines = "".join(
            f"  c{number}: {{name: n, key: KEY_{number}, category: custom, type: api_token}}\n"
            for number in range(count)
        )
        settings = self.project / "orqo-vault.yaml"
        settings.write_text(settings.read_text().replace("credentials:\n", f"credentials:\n{lines}"))

    def set(self, credential: str, value: str) -> None:
        self("set", credential, stdin=value)

    def get(self, credential: str) -> str:
        return self("get", credential).out

    def try_git(self, *words: str) -> Done:
        done = subprocess.run(
            ["git", *words], cwd=self.project, env=self.env(), capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def git(self, *words: str) -> str:
        done = self.try_git(*words)
        assert done.status == 0, (words, done.out, done.err)
        return done.out

    def commit(self, message: str) -> str:
        """Commit everything and return the commit's name."""
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("rev-parse", "HEAD").strip()

    def conflicts(self) -> list[str]:
        """Return the files git could not merge."""
        return self.git("diff", "--name-only", "--diff-filter=U").split()


def ended(session: pexpect.spawn) -> int:
    """Wait for the end and return the status; everything shown since the last match is in ``session.before``."""
    session.expect(pexpect.EOF)
    session.close()
    return session.exitstatus if session.exitstatus is not None else -session.signalstatus


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
