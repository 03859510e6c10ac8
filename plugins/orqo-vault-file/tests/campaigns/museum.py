"""A store with everything in it and every file it ever held, to be damaged one way at a time and made whole again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.passphrases import Derivation
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.upkeep import rotation

from ..machines import Machine, soon
from .scene import key_of

Value = dict[str, str] | None

FOLDERS = ("c", "slots", "epochs")
PATHS = ("a", "b", "long", "team/a", "team/deep/a", "gone", "back", "old", "never")


class Museum:
    """Ana's machine has seen everything; ben's, made anew for every look, has seen nothing."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.ana = Machine(place / "project", place / "ana", environ={"USER": "ana"})
        self.folder = self.ana.folder
        self.values: dict[str, list[Value]] = {path: [None] for path in PATHS}
        """Path → everything that was ever stored there, the present value last."""
        self.older: dict[str, list[bytes]] = {}
        """File → what it held before."""
        self._before: dict[str, bytes] = {}
        (place / "project").mkdir(parents=True)
        self._fill()
        self.whole = {name: file.read_bytes() for name, file in self._files().items()}
        self._known = {str(file.relative_to(self.ana.home)): file.read_bytes() for file in self.ana.mark_files()}
        self._known |= {
            str(file.relative_to(self.ana.home)): file.read_bytes() for file in self.ana.home.rglob("store")
        }
        self.substitute = self._other_store()
        """Files of another store with the same names of credentials."""

    def _fill(self) -> None:
        """Leave secrets under three of four epochs, under a second master key; three slots, and one that was."""
        for path in ("old", "a", "b", "team/a", "gone", "back"):
            self._write(path, token=f"first of {path}")
        slot_changes.add_slot(self.ana.store, Opener(slots.KEY_FILE, key_of("leaver"), "leaver"), soon())
        self._remember()
        slot_changes.remove_slot(self.ana.store, "leaver", soon())
        for opener in (_by_passphrase("ops"), Opener(slots.ENVIRONMENT, key_of("ben"), "ben")):
            slot_changes.add_slot(self.ana.store, opener, soon())
        self._remember()
        rotation.rotate(self.ana.store, soon())
        for path in ("b", "long", "team/deep/a"):
            self._write(path, left=path, right="x" * 3000 if path == "long" else "é\n")
        self._delete("gone")
        self._delete("back")
        rotation.rotate(self.ana.store, soon())
        self._write("back", token="second life")
        self._write("a", token="second of a")
        self._write("team/a", token="second of team/a")
        self.slots = {slot.label: f"slots/{slot.id}" for slot in slot_changes.list_slots(self.ana.store)[0]}
        """Label → file."""
        words = (file.read_bytes().split(b" ") for file in self.folder.glob("c/*"))
        self.used = {f"epochs/{word[6:].decode()}" for line in words for word in line if word.startswith(b"epoch=")}

    def _write(self, path: str, **fields: str) -> None:
        self.ana.write(path, **fields)
        self.values[path].append(fields)
        self._remember()

    def _delete(self, path: str) -> None:
        self.ana.delete(path)
        self.values[path].append(None)
        self._remember()

    def _remember(self) -> None:
        now = {name: file.read_bytes() for name, file in self._files().items()}
        for name, content in self._before.items():
            if now.get(name) != content:
                self.older.setdefault(name, []).append(content)
        self._before = now

    def _files(self) -> dict[str, Path]:
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return {str(file.relative_to(self.folder)): file for file in files if file.name != ".lock"}

    def _other_store(self) -> dict[str, bytes]:
        (self.place / "other").mkdir()
        other = Machine(self.place / "other", self.place / "other-home", environ={"USER": "ana"})
        for path in PATHS:
            other.write(path, token="from another store")
        return {
            str(file.relative_to(other.folder)): file.read_bytes() for file in other.folder.rglob("*") if file.is_file()
        }

    def stranger(self) -> Machine:
        """Return a machine with a key that has never seen the store."""
        home = self.place / "ben"
        shutil.rmtree(home, ignore_errors=True)
        return Machine(self.place / "project", home, environ={"ORQO_VAULT_KEY": key_of("ben").compose()})

    def is_forged(self, name: str) -> bool:
        """Tell whether something stands there that nobody with a key ever wrote there."""
        file = self.folder / name
        if not os.path.lexists(file):
            return False
        genuine = [self.whole.get(name), *self.older.get(name, [])]
        return (
            file.is_symlink() or not file.is_file() or file.stat().st_size > 1 << 30 or file.read_bytes() not in genuine
        )

    def repair(self) -> None:
        """Make every file whole again, whatever stands in its place, and let the machine know what it knew."""
        for each in sorted(self.folder.rglob("*"), reverse=True):
            name = str(each.relative_to(self.folder))
            if each.is_symlink() or not (each.is_dir() or each.is_file()):
                each.unlink()
            elif each.is_dir() and name not in FOLDERS:
                each.rmdir()
            elif each.is_file() and name not in self.whole and name != ".lock":
                each.unlink()
        _rewrite(self.folder, self.whole)
        _rewrite(self.ana.home, self._known)


def _rewrite(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        file = folder / name
        if not file.exists() or file.stat().st_size != len(content) or file.read_bytes() != content:
            file.write_bytes(content)


def _by_passphrase(label: str) -> Opener:
    """A slot that says it is opened by a passphrase; nobody here has one, so its key need not come from Argon2."""
    return Opener(slots.PASSPHRASE, Key(b"k" * 32), label, Derivation(b"s" * 16))
