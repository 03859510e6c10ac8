"""A healthy project on a healthy machine: settings in git, an encrypted store, a server that is logged in to."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp.testing import Authority, FaultServer, LocalServer
from orqo_vault_hashicorp.testing.fault_server import Behaviour, Seen, answer

from orqo_vault import plugins
from orqo_vault.cli.main import main
from orqo_vault.vault import Surroundings, Vault

SETTINGS = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: .store}
  # more
credentials:
  mail: {name: Mail, key: MAIL, category: custom, type: api_token}
runs:
  default: {credentials: [mail]}
"""
GIT = ("git", "-c", "user.name=T", "-c", "user.email=t@test")


@dataclass
class Machine:
    """A project, its user's home, and what may be done to them."""

    folder: Path
    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    site: Path
    server: LocalServer
    opened: ExitStack

    @property
    def settings(self) -> Path:
        return self.folder / "orqo-vault.yaml"

    def git(self, *words: str) -> None:
        subprocess.run([*GIT, *words], cwd=self.folder, check=True, capture_output=True)

    def commit(self, name: str, text: str) -> Path:
        """Add a file to git, as somebody does who does not know better."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.git("add", "-f", name)
        self.git("commit", "-qm", name)
        return path

    def add_backend(self, entry: str) -> None:
        self.settings.write_text(self.settings.read_text().replace("  # more\n", f"  # more\n  {entry}\n"))

    def log_in(self, address: str, token: str = "t") -> None:  # what a test's server takes
        self.add_backend(f'corp: {{type: hashicorp-vault, address: "{address}"}}')
        self.monkeypatch.setenv("VAULT_ADDR", address)
        self.monkeypatch.setenv("VAULT_TOKEN", token)

    def serve(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> str:
        return self.opened.enter_context(FaultServer(behave, tls)).address

    def serve_with(self, certificate: Path, key: Path) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return self.serve(well, context)

    def install(self, name: str, module: str, source: str, wants: str = "") -> None:
        """Put a distribution with one backend where Python finds it, as pip would."""
        info = self.site / f"{module}-1.0.dist-info"
        info.mkdir()
        requires = f"Requires-Dist: orqo-vault{wants}\n" if wants else ""
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n{requires}")
        (info / "entry_points.txt").write_text(f"[{plugins.BACKENDS}]\n{name} = {module}\n")
        (self.site / f"{module}.py").write_text(source)
        plugins.installed.cache_clear()

    def doctor(self, *before: str) -> tuple[int, list[dict[str, str]]]:
        """Return the status and the findings; what the doctor prints for people must name each of them too."""
        status = main([*before, "doctor", "--json"])
        said: Any = json.loads(self.capsys.readouterr().out)
        assert main([*before, "doctor"]) == status
        text = self.capsys.readouterr().out
        for each in said["findings"]:
            assert each["where"] in text
            assert f"fix: {each['fix']}" in text
        assert said["ok"] is (status == 0)
        return status, said["findings"]


def well(seen: Seen) -> bytes:
    """Answer as a server that is well does, to a token without an end."""
    from email.utils import formatdate

    return answer(200, {"data": {"ttl": 0}}, {"Date": formatdate(usegmt=True)})


@pytest.fixture(scope="session")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(tmp_path_factory.mktemp("bao")) as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def machine(
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bao: LocalServer,
) -> Iterator[Machine]:
    folder, site, runtime = tmp_path / "project", tmp_path / "site", tmp_path / "runtime"
    for each in (folder, site, runtime):
        each.mkdir(mode=0o700)
    (folder / "orqo-vault.yaml").write_text(SETTINGS)
    (folder / ".gitignore").write_text("orqo-vault.local.yaml\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    with Vault.open(folder / "orqo-vault.yaml", surroundings=_quietly()) as vault:
        vault.put("mail", {"token": "sesame-4711"})
    with ExitStack() as opened:
        made = Machine(folder, home, monkeypatch, capsys, site, bao, opened)
        made.git("init", "-q")
        made.git("add", ".")
        made.git("commit", "-qm", "project")
        yield made
    plugins.installed.cache_clear()


def _quietly() -> Surroundings:
    return Surroundings(environ=dict(os.environ), notify=lambda _: None)
