"""Marks: what this machine has seen of a store, so that an older state is noticed. Only ever raised, never lowered.

A mark that cannot be written stops nothing and is remembered for ``check``; one that cannot be parsed is an error.
An empty one, or one of NULs only, was lost in a power cut and counts as none.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from orqo_vault.errors import AccessDeniedError, BackendError, OrqoVaultError, TimedOutError
from orqo_vault_file.disk.files import Folder
from orqo_vault_file.disk.locking import Lock
from orqo_vault_file.format.header import ID_LENGTH
from orqo_vault_file.format.two_lines import is_hex

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline

MARK_SHAPE: dict[str, type] = {"path": str, "generation": int, "height": int, "digest": str, "live": bool}

_STORE = "store"
_STORE_SHAPE: dict[str, type] = {"directory": str, "master": str, "height": int, "minimum": int}
_CAP = 16 * 1024


class Mark(NamedTuple):
    """The newest state of one path that this machine has seen."""

    path: str
    generation: int
    height: int
    digest: str
    live: bool


class StoreMark(NamedTuple):
    """What this machine knows about a store as a whole."""

    directory: str
    master: str
    """The id of the master key that its newest epoch is sealed under."""
    height: int
    """The greatest epoch height seen."""
    minimum: int = 1
    """Secrets sealed under a lower epoch are rolled back."""


class Marks:
    """The marks of one store on this machine. ``problem`` says why the last raise failed, None when it did not."""

    def __init__(self, state_dir: str, store_id: str) -> None:
        self._path = os.path.join(state_dir, "marks", store_id)
        self.store_id = store_id
        self.problem: str | None = None
        self._stuck = False

    def of_store(self) -> StoreMark | None:
        """Return the store's mark, None when this machine has never opened the store."""
        values = self._read(_STORE, _STORE_SHAPE)
        return None if values is None else StoreMark(**values)

    def of_path(self, path: str) -> Mark | None:
        """Return the mark of one path, None when this machine has never seen it."""
        values = self._read(_name(path), MARK_SHAPE)
        return None if values is None else Mark(**values)

    def all_paths(self) -> Iterator[Mark]:
        """Yield every path's mark."""
        folder = self._folder()
        if folder is None:
            return
        with folder:
            names = [name for name in folder.names() if is_hex(name, 64)]
        for name in names:
            values = self._read(name, MARK_SHAPE)
            if values is not None:
                yield Mark(**values)

    def raise_path(self, mark: Mark, deadline: Deadline, *, durable: bool = False) -> None:
        """Remember ``mark`` unless something newer is known.

        After somebody held the lock for too long, marks that reads would raise are left to the next process.
        """
        if self._stuck and not durable:
            return
        try:
            with Folder.make(self._path) as folder, Lock(folder, deadline):
                known = self.of_path(mark.path)
                if known is None or known.generation < mark.generation:
                    folder.replace(_name(mark.path), _composed(mark._asdict()), durable=durable)
        except OrqoVaultError as error:
            self.problem = str(error)
            self._stuck = isinstance(error, TimedOutError)

    def raise_store(self, mark: StoreMark, deadline: Deadline) -> None:
        """Remember ``mark``; heights only grow, the directory and the master key follow the newest epoch."""
        try:
            with Folder.make(self._path) as folder, Lock(folder, deadline):
                known = self.of_store()
                if known is not None:
                    mark = mark._replace(
                        master=mark.master if mark.height >= known.height else known.master,
                        height=max(mark.height, known.height),
                        minimum=max(mark.minimum, known.minimum),
                    )
                if mark != known:
                    folder.replace(_STORE, _composed(mark._asdict()))
        except OrqoVaultError as error:
            self.problem = str(error)

    def probe(self, deadline: Deadline) -> None:
        """Find out whether marks can be kept, without changing one; see ``problem``."""
        try:
            with Folder.make(self._path) as folder, Lock(folder, deadline):
                self.problem = None
        except OrqoVaultError as error:
            self.problem = str(error)

    def _folder(self) -> Folder | None:
        try:
            return Folder.find(self._path)
        except AccessDeniedError as error:  # somebody else's folder: no mark of ours can be in it
            self.problem = str(error)
            return None

    def _read(self, name: str, shape: dict[str, type]) -> dict[str, Any] | None:
        folder = self._folder()
        if folder is None:
            return None
        with folder:
            data = folder.read(name, _CAP)
            shown = folder.place(name)
        if data is None or not data.strip(b"\0"):
            return None
        return parsed(data, shape, shown)


def stores_known_in(state_dir: str, directory: str) -> list[str]:
    """Return the ids of the stores this machine has seen in that directory."""
    try:
        folder = Folder.find(os.path.join(state_dir, "marks"))
    except AccessDeniedError:  # somebody else's folder: no mark of ours can be in it
        return []
    if folder is None:
        return []
    with folder:
        ids = [name for name in folder.names() if is_hex(name, ID_LENGTH)]
    marks = {store_id: Marks(state_dir, store_id).of_store() for store_id in ids}
    return [store_id for store_id, mark in marks.items() if mark is not None and mark.directory == directory]


def parsed(data: bytes, shape: dict[str, type], shown: str) -> dict[str, Any]:
    """Return the values of a mark, exactly those of ``shape``."""
    import json

    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or {name: type(value) for name, value in values.items()} != shape:
        raise BackendError(
            f"{shown} is not a mark", hint="remove it: this machine will then trust the present state of that secret"
        )
    return values


def _composed(values: dict[str, Any]) -> bytes:
    import json

    return json.dumps(values, sort_keys=True).encode("utf-8") + b"\n"


def _name(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8")).hexdigest()
