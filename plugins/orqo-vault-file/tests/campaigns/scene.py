"""A store with a past, as every operation finds it, and what can be seen of it afterwards."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from orqo_vault_file import reading
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.upkeep import rotation, verification

from orqo_vault.errors import OrqoVaultError

from ..machines import Machine, soon

PATHS = ("kept", "over", "gone", "new", "team/low")

Fields = dict[str, str] | str | None
"""What is stored, None, or the class of the error."""


class Seen(NamedTuple):
    """All that anybody can see of a store. Two equal ones are the same state."""

    secrets: dict[str, Fields]
    problems: tuple[str, ...]
    """What ``verify`` says."""
    opened_by: dict[str, Fields]
    """Label of a slot → what its key reads at ``kept`` on a machine that has never seen the store."""


def key_of(label: str) -> Key:
    """Return the key that a label's slot has in these tests, in every process the same."""
    return Key(hashlib.sha256(label.encode()).digest())


class Scene:
    """One folder with a project and the homes of its machines, that can be put back as it was."""

    def __init__(self, place: Path, labels: tuple[str, ...] = ("ben",)) -> None:
        self.place = place
        self._strangers = place.with_name(f"{place.name}-strangers")
        self._labels = labels
        self._files: dict[Path, bytes] = {}
        self._folders: set[Path] = set()
        (place / "project").mkdir(parents=True)

    @property
    def ana(self) -> Machine:
        """The machine that made the store."""
        return Machine(self.place / "project", self.place / "ana", environ={"USER": "ana"})

    def stranger(self, label: str) -> Machine:
        """Return a machine that has the key of that slot and nothing else."""
        key = key_of(label).compose()
        return Machine(self.place / "project", self._strangers / label, environ={"ORQO_VAULT_KEY": key})

    def furnish(self) -> None:
        """Make the store: two epochs, a replaced, a deleted and a nested secret, a second slot."""
        ana = self.ana
        ana.write("kept", left="l", right="r")
        ana.write("over", token="1")
        ana.write("gone", token="g")
        ana.delete("gone")
        rotation.rotate(ana.store, soon())
        ana.write("over", token="2")
        ana.write("team/low", token="low")
        slot_changes.add_slot(ana.store, Opener(slots.KEY_FILE, key_of("ben"), "ben"), soon())

    def keep(self) -> None:
        """Remember everything as it is now."""
        self._folders, files = below(self.place)
        self._files = {file: file.read_bytes() for file in files}

    def restore(self) -> None:
        """Put everything back as it was when it was kept."""
        self.become(self._files, self._folders)

    def become(self, files: dict[Path, bytes], folders: set[Path]) -> None:
        """Hold exactly these files and folders."""
        present_folders, present = below(self.place)
        for file in present - files.keys():
            file.unlink()
        for folder in sorted(present_folders - folders, reverse=True):
            folder.rmdir()
        for folder in sorted(folders - present_folders):
            folder.mkdir(mode=0o700)
        for file, content in files.items():
            if file not in present or file.read_bytes() != content:
                file.write_bytes(content)
                file.chmod(0o600)

    def look(self) -> Seen:
        """Return what a new process sees, and machines that have never seen the store."""
        secrets = _read(self.ana, PATHS)
        try:
            problems = tuple(str(problem) for problem in verification.verify(self.ana.store, soon()).problems)
        except OrqoVaultError as error:
            problems = (type(error).__name__,)
        opened_by = {label: _read(self.stranger(label), ("kept",))["kept"] for label in self._labels}
        for mark in below(self._strangers)[1]:  # the folders may stay: making them anew is slow
            mark.unlink()
        return Seen(secrets, problems, opened_by)

    def leftovers(self) -> list[str]:
        """Return the temporary files anywhere below."""
        _, files = below(self.place)
        return sorted(str(file.relative_to(self.place)) for file in files if file.name.startswith(".tmp-"))


def _read(machine: Machine, paths: tuple[str, ...]) -> dict[str, Fields]:
    try:
        found, failed = reading.read_many(machine.store, paths, soon())
    except OrqoVaultError as error:
        return dict.fromkeys(paths, type(error).__name__)
    secrets: dict[str, Fields] = dict.fromkeys(paths)
    secrets |= {path: one.secret.reveal() for path, one in found.items() if one.secret is not None}
    return secrets | {path: type(error).__name__ for path, error in failed.items()}


def below(place: Path) -> tuple[set[Path], set[Path]]:
    """Return all folders, the place itself among them, and all files."""
    folders, files = set(), set()
    for top, _, names in os.walk(place):
        folders.add(Path(top))
        files |= {Path(top, name) for name in names}
    return folders, files
