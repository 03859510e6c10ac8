"""One settings file over all three backends, against real servers: one run, or none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from orqo_vault_hashicorp.testing import LocalServer

SETTINGS = """\
version: 1
backends:
  local: {{type: encrypted-file, path: store}}
  corp: {{type: hashicorp-vault, address: "{bao}", mount: secret, kv_version: 2}}
  cloud: {{type: aws-secrets-manager, region: eu-central-1, endpoint_url: "{moto}"}}
credentials:
  a: {{name: A, key: A, category: custom, type: api_token, backend: local}}
  b: {{name: B, key: B, category: custom, type: api_token, backend: corp}}
  c: {{name: C, key: C, category: custom, type: api_token, backend: cloud}}
runs:
  default: {{credentials: [a, b, c]}}
"""
ECHO = "import os; print('STARTED', os.environ['A'], os.environ['B'], os.environ['C'], len(os.environ))"
LOGINS = ("VAULT_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(tmp_path_factory.mktemp("bao")) as server:
        yield server


class Moto:
    """Moto in a process of its own, which a test may kill."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with log.open("wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out)
        end = time.monotonic() + 120
        while not self.answers():
            assert time.monotonic() < end, log.read_text()
            assert self.process.poll() is None, log.read_text()
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.address}/moto-api/").close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def moto(tmp_path: Path) -> Iterator[Moto]:
    server = Moto(tmp_path / "moto.log")
    yield server
    server.kill()


class Project:
    """A settings file over all three, each with its secret stored."""

    def __init__(self, folder: Path, bao: LocalServer, moto: Moto) -> None:
        self.folder = folder
        (folder / "orqo-vault.yaml").write_text(SETTINGS.format(bao=bao.address, moto=moto.address))
        # Both servers are named by this project's file only, so the user's own file has to trust them.
        user = folder / "config" / "orqo-vault"
        user.mkdir(parents=True, mode=0o700)
        hosts = [address.partition("://")[2] for address in (bao.address, moto.address)]
        (user / "config.yaml").write_text(f"allowed_hosts: {hosts}\n")
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "VAULT_TOKEN": bao.root_token,
            "AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        for name in "abc":
            done = self("set", name, stdin=f"value-{name}")
            assert done.returncode == 0, done.stderr

    def __call__(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orqo_vault", *words],
            cwd=self.folder,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path, bao: LocalServer, moto: Moto) -> Project:
    return Project(tmp_path, bao, moto)


def test_one_run_gets_a_credential_from_each(project: Project) -> None:
    done = project("run", "--mask", "never", "--", sys.executable, "-c", ECHO)
    assert done.stdout.startswith("STARTED value-a value-b value-c "), done.stderr


def test_no_backends_login_reaches_the_command(project: Project) -> None:
    done = project("run", "--mask", "never", "--", "env")
    assert done.returncode == 0, done.stderr
    names = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert names.isdisjoint(LOGINS)


def test_a_backend_that_is_gone_starts_nothing_and_is_named(project: Project, moto: Moto) -> None:
    moto.kill()
    done = project("run", "--mask", "never", "--", sys.executable, "-c", ECHO)
    assert done.returncode == 125
    assert "STARTED" not in done.stdout
    assert "cloud" in done.stderr
    assert "value-" not in done.stderr


def test_a_copy_between_kinds_of_backends_is_read_back(project: Project) -> None:
    done = project("copy", "--from", "local", "--to", "corp", "--switch")
    assert done.returncode == 0, done.stderr
    assert project("get", "a.token").stdout == "value-a"
    assert "corp" in project("show", "a").stdout
