"""The smallest right backend: secrets in the memory of this process, gone with it. For tests only."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from orqo_vault.backend import Backend, BackendContext, BackendSettings, Deadline, Expected, Stored
from orqo_vault.errors import ConflictError
from orqo_vault.secret import Secret


@dataclass(frozen=True, kw_only=True)
class MemorySettings(BackendSettings):
    """Nothing to set: what is kept here needs no place and no login."""


@dataclass
class Shelf:
    """What one or more instances keep, and the lock that makes look-then-write one step."""

    held: dict[str, Stored] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    writes: int = 0


class MemoryBackend(Backend):
    """Keeps secrets on a :class:`Shelf`. Two instances that are given one shelf are two users of one place."""

    type_name = "memory"
    Settings = MemorySettings

    def __init__(self, settings: MemorySettings, context: BackendContext, shelf: Shelf | None = None) -> None:
        super().__init__(settings, context)
        self.shelf = shelf or Shelf()

    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        deadline.check(f"reading {reference.path!r}")
        with self.shelf.lock:
            return self.shelf.held.get(reference.path)

    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        deadline.check(f"writing {reference.path!r}")
        with self.shelf.lock:
            present = self.shelf.held.get(reference.path)
            if if_version is not Expected.ANY and if_version != (present.version if present else Expected.ABSENT):
                raise ConflictError(f"{reference.path!r} changed since it was read", paths=[reference.path])
            self.shelf.writes += 1  # never starts again, so that a version from before a delete stays stale
            version = str(self.shelf.writes)
            self.shelf.held[reference.path] = Stored(secret, version)
        return version

    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        deadline.check(f"deleting {reference.path!r}")
        with self.shelf.lock:
            return self.shelf.held.pop(reference.path, None) is not None

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        deadline.check("listing")
        with self.shelf.lock:
            return sorted(path for path in self.shelf.held if path.startswith(prefix))
