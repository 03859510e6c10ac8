"""Machines, each with its own keys and marks, around one project folder that they share as a git checkout is shared."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from orqo_vault_file.backend import EncryptedFileBackend, FileReference, FileSettings
from orqo_vault_file.store import Store

from orqo_vault.backend import BackendContext, Deadline, Expected, Stored
from orqo_vault.secret import Secret, SecretValue


@dataclass
class Machine:
    """One computer of one person."""

    project: Path
    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    settings: FileSettings = field(default_factory=FileSettings)
    said: list[str] = field(default_factory=list)
    rollback: Literal["refuse", "warn"] = "refuse"
    passphrase: str | None = None
    asked: list[str] = field(default_factory=list)

    def context(self) -> BackendContext:
        return BackendContext(
            name="local",
            base_dir=self.project,
            state_dir=self.home / "state",
            config_dir=self.home / "config",
            environ=self.environ,
            notify=self.said.append,
            rollback=self.rollback,
            ask_passphrase=None if self.passphrase is None else self._answer,
        )

    def _answer(self, prompt: str) -> SecretValue:
        self.asked.append(prompt)
        assert self.passphrase is not None
        return SecretValue(self.passphrase)

    def backend(self) -> EncryptedFileBackend:
        """Return what a new process would start with."""
        return EncryptedFileBackend(self.settings, self.context())

    @property
    def store(self) -> Store:
        return self.backend().store

    @property
    def folder(self) -> Path:
        return self.project / self.settings.path

    def file(self, path: str) -> Path:
        return self.folder / "c" / f"c-{path.replace('/', '.')}.sealed"

    def write(self, path: str, if_version: str | Expected = Expected.ANY, **fields: str) -> str:
        secret = Secret(fields or {"token": "t"})
        return self.backend().write(at(path), secret, if_version=if_version, deadline=soon())

    def stored(self, path: str) -> Stored | None:
        return self.backend().read(at(path), deadline=soon())

    def read(self, path: str) -> dict[str, str] | None:
        stored = self.stored(path)
        return None if stored is None else stored.secret.reveal()

    def delete(self, path: str) -> bool:
        return self.backend().delete(at(path), deadline=soon())

    def paths(self) -> list[str]:
        return self.backend().list_paths(deadline=soon())

    def key_file(self) -> Path:
        (found,) = (self.home / "config" / "keys").iterdir()
        return found

    def mark_files(self) -> list[Path]:
        return [path for path in (self.home / "state").rglob("*") if len(path.name) == 64]

    def forget_marks(self) -> None:
        shutil.rmtree(self.home / "state")


def at(path: str) -> FileReference:
    return FileReference(path=path)


def soon() -> Deadline:
    return Deadline(60)


def altered(file: Path, old: str, new: str) -> None:
    """Change a file as an attacker with an editor would."""
    data = file.read_bytes()
    assert data.count(old.encode()) >= 1, f"{old!r} is not in {data!r}"
    file.write_bytes(data.replace(old.encode(), new.encode(), 1))
