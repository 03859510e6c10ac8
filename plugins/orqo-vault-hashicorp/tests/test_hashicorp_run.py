"""The command line against the real server: a run gets its secrets or does not start, and the example works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp.testing import FaultServer, LocalServer
from orqo_vault_hashicorp.testing.fault_server import Seen, answer, kv2

ROOT = Path(__file__).parents[3]
SETTINGS = """
version: 1
default_backend: corp
backends:
  corp: {{type: hashicorp-vault, mount: {mount}}}
credentials:
  mail:
    {{name: Mail, key: MAIL, category: communication, type: username_password, path: team/mail,
     fields: {{password: pass}}}}
  crm: {{name: CRM, key: CRM_TOKEN, category: custom, type: api_token}}
"""
ECHO = "import os; print('STARTED', *sorted(f'{k}={v}' for k, v in os.environ.items() if k[:4] in 'MAIL CRM_ VAUL'))"


class Project:
    """A folder with a settings file, and the command line in it."""

    def __init__(self, folder: Path, address: str, token: str, mount: str) -> None:
        self.folder = folder
        (folder / "orqo-vault.yaml").write_text(SETTINGS.format(mount=mount))
        self.environ = {"HOME": str(folder), "VAULT_ADDR": address, "VAULT_TOKEN": token, "VAULT_NAMESPACE": ""}

    def __call__(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "orqo_vault", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environ, input=stdin, capture_output=True, text=True, check=False
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        return self("run", "--mask", "never", "--only", "mail,crm", "--", sys.executable, "-c", ECHO)


@pytest.fixture
def project(tmp_path: Path, server: LocalServer, mount: str) -> Project:
    server.api("POST", f"{mount}/data/team/mail", {"data": {"username": "ana", "pass": "hunter2", "port": 587}})
    return Project(tmp_path, server.address, server.root_token, mount)


def test_a_run_finds_what_others_stored_and_what_we_stored(project: Project) -> None:
    stored = project("set", "crm", stdin="sk-1\n")
    done = project.run()

    assert (stored.returncode, stored.stderr) == (0, "crm: stored token in corp\n")
    assert done.stdout == "STARTED CRM_TOKEN=sk-1 MAIL=hunter2 MAIL_PASSWORD=hunter2 MAIL_USERNAME=ana\n"


def test_a_change_of_one_field_leaves_the_others_and_their_types(
    project: Project, server: LocalServer, mount: str
) -> None:
    assert project("set", "mail", "password", stdin="new").returncode == 0

    found = server.api("GET", f"{mount}/data/team/mail")["data"]["data"]
    assert found == {"username": "ana", "pass": "new", "port": 587}


def test_one_missing_secret_stops_the_run(project: Project) -> None:
    done = project.run()

    assert done.returncode == 125
    assert "crm" in done.stderr
    assert "STARTED" not in done.stdout


@pytest.mark.parametrize(
    ("behave", "said"),
    [
        (lambda seen: answer(403, {"errors": ["permission denied"]}), "token is not valid"),
        (lambda seen: answer(503, {"errors": ["Vault is sealed"]}), "sealed"),
        (lambda seen: answer(307, headers={"Location": "http://elsewhere.example/"}), "redirected"),
        (lambda seen: answer(200, b"garbage"), "not one of Vault's"),
        (lambda seen: b"", "connection ended"),
    ],
    ids=["denied", "sealed", "redirect", "garbage", "cut"],
)
def test_no_failure_of_the_server_starts_a_run(tmp_path: Path, behave: Any, said: str) -> None:
    with FaultServer(behave) as server:
        done = Project(tmp_path, server.address, "token-Zq7", "secret").run()

    assert done.returncode == 125
    assert said in done.stderr
    assert "Zq7" not in done.stderr
    assert "STARTED" not in done.stdout


def test_a_server_that_dies_between_two_reads_starts_nothing(tmp_path: Path) -> None:
    def behave(seen: Seen) -> bytes:
        return kv2({"username": "ana", "pass": "hunter2"}) if seen.target.endswith("mail") else b""

    with FaultServer(behave) as server:
        done = Project(tmp_path, server.address, "token", "secret").run()

    assert done.returncode == 125
    assert "hunter2" not in done.stdout + done.stderr


def test_a_second_run_needs_neither_pydantic_nor_hvac(project: Project) -> None:
    project("set", "crm", stdin="sk-1")
    project.run()
    words = [sys.executable, "-X", "importtime", "-m", "orqo_vault", "run", "--only", "mail", "--", "true"]
    done = subprocess.run(words, cwd=project.folder, env=project.environ, capture_output=True, text=True, check=True)

    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "orqo_vault_hashicorp" in imported
    assert imported & {"pydantic", "hvac", "requests", "urllib3", "http", "yaml", "asyncio", "boto3"} == set()


def test_the_example_runs(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "examples" / "hashicorp" / "demo.py")]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "SMTP_HOST: smtp.acme.example:587" in done.stdout
    assert "inherited!" not in done.stdout


def test_delete_can_be_undone_on_the_server_and_destroy_cannot(
    project: Project, server: LocalServer, mount: str
) -> None:
    project("set", "crm", stdin="sk-1")
    assert project("delete", "crm", "--yes").returncode == 0
    server.api("POST", f"{mount}/undelete/crm", {"versions": [1]})
    assert server.api("GET", f"{mount}/data/crm")["data"]["data"] == {"token": "sk-1"}

    declared = ("add", "crm", "--type", "api_token", "--category", "custom", "--key", "CRM_TOKEN", "--no-secret")
    assert project(*declared).returncode == 0
    assert project("delete", "crm", "--destroy", "--yes").returncode == 0
    with pytest.raises(RuntimeError, match="404"):
        server.api("GET", f"{mount}/metadata/crm")
