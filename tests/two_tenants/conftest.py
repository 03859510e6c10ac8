"""One machine, one operator, two tenants whose organizations' names look alike; each is an OS user of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.ledger import Ledger, open_ledger
from tests.two_tenants.users import Answer, new_uids, require_root, run_as

OPERATOR = """\
version: 1
organizations:
  my-app/prod: {{uids: [{dash}]}}
  my/app-prod: {{uids: [{slash}]}}
"""


class Tenant:
    """An OS user with a home and a project, in an organization of the operator's file."""

    def __init__(self, machine: Machine, name: str, uid: int, organization: str) -> None:
        self.machine = machine
        self.uid = uid
        self.organization = organization
        self.home = machine.folder / name
        self.project = self.home / "project"
        self.project.mkdir(parents=True)
        self.write("project/orqo-vault.yaml", f"version: 1\norganization: {organization}\n")
        for place in (self.home, self.project):
            os.chown(place, uid, uid)
            place.chmod(0o700)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.home)}

    def write(self, name: str, text: str) -> Path:
        """Write a file as this user would."""
        file = self.home / name
        file.write_text(text)
        os.chown(file, self.uid, self.uid)
        file.chmod(0o600)
        return file

    def python(self, *words: str, stdin: str = "") -> Answer:
        return run_as(self.uid, words, env=self.env, cwd=self.project, stdin=stdin)

    def __call__(self, *words: str, operator: Path | None = None, stdin: str = "") -> Answer:
        """Type ``orqo-vault …``."""
        file = str(operator or self.machine.operator)
        return self.python("-m", "orqo_vault", "--operator", file, *words, stdin=stdin)


class Machine:
    """The folder that holds all of it: others may enter it, and may read what is not somebody's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gateway, *self.tenants = new_uids(3)
        self.operator = folder / "operator.yaml"
        self.vaults = folder / "gateway"
        self.vaults.mkdir()
        os.chown(self.vaults, self.gateway, self.gateway)
        self.address = f"sqlite://{self.vaults}/ledger.db"
        self.decide(f'ledger: {{address: "{self.address}"}}\n')
        self.dash = Tenant(self, "dash", self.tenants[0], "my-app/prod")
        self.slash = Tenant(self, "slash", self.tenants[1], "my/app-prod")

    def decide(self, more: str) -> None:
        """Write the operator's file."""
        dash, slash = self.tenants
        self.operator.write_text(OPERATOR.format(dash=dash, slash=slash) + more)
        self.operator.chmod(0o644)

    def ledger(self) -> Ledger:
        return open_ledger(self.address, create=True)

    def close_ledger_to_tenants(self) -> None:
        """As where a gateway runs: its user alone may open the ledger."""
        for place in (self.vaults, *self.vaults.iterdir()):
            os.chown(place, self.gateway, self.gateway)
            place.chmod(0o700 if place.is_dir() else 0o600)

    def open_ledger_to_tenants(self) -> None:
        """As where runs are trusted and take the key directly: they write the ledger themselves."""
        for place in (self.vaults, *self.vaults.iterdir()):
            place.chmod(0o777 if place.is_dir() else 0o666)


@pytest.fixture
def machine() -> Iterator[Machine]:
    require_root()
    # Not in pytest's own folder, which root alone may enter.
    folder = Path(tempfile.mkdtemp(prefix="orqo-vault-test-"))
    folder.chmod(0o755)
    yield Machine(folder)
    shutil.rmtree(folder)


def json_of(answer: Answer) -> Any:
    """Return what was printed with ``--json``, or the error."""
    return json.loads(answer.out or answer.err)
