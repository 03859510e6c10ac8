"""A project in which every field is a canary, in every state in which a command may find it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from orqo_vault_file.backend import EncryptedFileBackend
from orqo_vault_file.store import Store

from orqo_vault import Surroundings, Vault

from .canaries import CREDENTIALS, Canaries
from .scanner import Scanner

SETTINGS = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file}
  spare: {type: encrypted-file, path: .spare}
credentials:
%s
  hosted: {name: Hosted, key: HOSTED, category: llm_provider, type: api_token, provider: acme, mode: platform}
llm:
  default: {model: "openai:gpt-4o", credential: openai}
runs:
  default: {credentials: [mail, login, oauth, ses, deploy, crm], llm: [default]}
"""


class Stage:
    """The project, the homes of its user, and what the user keeps elsewhere; only the last may hold plain secrets."""

    def __init__(self, place: Path) -> None:
        self.canaries = Canaries()
        self.place = place
        self.project = place / "stage" / "project"
        self.home = place / "stage" / "home"
        self.temporary = place / "stage" / "tmp"
        self.private = place / "private"
        """Files that hold secrets because the user put them there."""
        self.settings = self.project / "orqo-vault.yaml"
        for folder in (self.project, self.home, self.temporary, self.private):
            folder.mkdir(parents=True)
        declared = "\n".join(f"  {each}: {{name: {each}, {how}}}" for each, how in CREDENTIALS.items())
        self.settings.write_text(SETTINGS % declared)
        self._fill()
        shutil.copytree(place / "stage", place / "kept")

    @property
    def environ(self) -> dict[str, str]:
        """What a command inherits."""
        return {
            "HOME": str(self.home),
            "USER": "ana",
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "TMPDIR": str(self.temporary),
        }

    def vault(self) -> Vault:
        """Return the project's vault as an engine would open it."""
        return Vault.open(self.settings, surroundings=Surroundings(environ=self.environ))

    def store(self, vault: Vault) -> Store:
        backend = vault.backends.get("local")
        assert isinstance(backend, EncryptedFileBackend)
        return backend.store

    def _fill(self) -> None:
        with self.vault() as vault:
            for each, fields in self.canaries.fields.items():
                vault.put(each, fields)
            with self.store(vault).visit() as visit:
                assert visit is not None
                active = visit.keyring.active
                self.canaries.secrets["the master key"] = visit.keyring.master(visit.root, active.master)
                self.canaries.secrets["the epoch's key"] = active.key
        (self.key_file,) = (self.home / "config" / "orqo-vault" / "keys").iterdir()
        line = self.key_file.read_text().splitlines()[-1]
        self.canaries.secrets["the key file"] = line.split(":")[1].encode()

    def file(self, name: str, content: str) -> str:
        """Put something into a private file and return its path."""
        path = self.private / name
        path.write_text(content)
        path.chmod(0o600)
        return str(path)

    def scanner(self) -> Scanner:
        """Return what finds all canaries there are by now."""
        return Scanner(self.canaries.secrets)

    def hits_at_rest(self, scanner: Scanner) -> list[str]:
        """Return the secrets that stand in any file but the private ones and the key."""
        found = scanner.hits_below([self.project, self.home, self.temporary])
        return [hit for hit in found if not hit.startswith(f"{self.key_file}: the key file")]

    def restore(self) -> None:
        """Make the project and the home what they were."""
        shutil.rmtree(self.place / "stage")
        shutil.copytree(self.place / "kept", self.place / "stage")

    def sealed(self) -> Iterator[Path]:
        return (self.project / ".orqo-vault" / "c").glob("*.sealed")


def _nothing(stage: Stage) -> None:
    """Everything is as it should be."""


def _missing(stage: Stage) -> None:
    shutil.rmtree(stage.project / ".orqo-vault")
    shutil.rmtree(stage.home / "state" / "orqo-vault")


def _locked(stage: Stage) -> None:
    stage.key_file.unlink()


def _tampered(stage: Stage) -> None:
    for file in stage.sealed():
        content = bytearray(file.read_bytes())
        content[-30] ^= 1
        file.write_bytes(content)


def _rolled_back(stage: Stage) -> None:
    with stage.vault() as vault:
        for each in ("openai", "mail"):
            old = stage.project / ".orqo-vault" / "c" / f"c-{each}.sealed"
            content = old.read_bytes()
            vault.put(each, stage.canaries.fields[each])
            old.write_bytes(content)


def _literal(stage: Stage) -> None:
    """Somebody wrote a secret into the settings file, where it must not stand."""
    value = stage.canaries.secrets.setdefault("a literal in the settings", b"5b0f3c1e9a7d2468").decode()
    bad = f"  bad: {{name: Bad, key: BAD, type: api_token, category: custom, values: {{token: {value}}}}}\n"
    stage.settings.write_text(stage.settings.read_text().replace("credentials:\n", f"credentials:\n{bad}", 1))


STATES: dict[str, Callable[[Stage], None]] = {
    "ok": _nothing,
    "missing": _missing,
    "denied": _locked,
    "tampered": _tampered,
    "rolled back": _rolled_back,
    "literal": _literal,
}
