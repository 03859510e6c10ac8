"""A backend as the contract's tests speak to it: paths and plain fields in, plain fields out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orqo_vault.backend import Backend, Deadline, Expected, Stored
from orqo_vault.secret import Secret


@dataclass(frozen=True)
class Place:
    """One backend, the references it understands, and the time an operation may take."""

    backend: Backend
    reference: Callable[[str], Any]
    patience: float

    def soon(self) -> Deadline:
        """Return the deadline of one operation."""
        return Deadline(self.patience)

    def stored(self, path: str) -> Stored | None:
        """Return what is stored there."""
        return self.backend.read(self.reference(path), deadline=self.soon())

    def present(self, path: str) -> Stored:
        """Return what is stored there, which must be something."""
        stored = self.stored(path)
        assert stored is not None, f"{path!r} was written and reads as absent"
        return stored

    def fields(self, path: str) -> dict[str, str]:
        """Return the plain fields that are stored there."""
        return self.present(path).secret.reveal()

    def write(self, path: str, fields: Mapping[str, str], if_version: str | Expected = Expected.ANY) -> str:
        """Write those fields and return the version."""
        return self.backend.write(self.reference(path), Secret(fields), if_version=if_version, deadline=self.soon())

    def delete(self, path: str, *, permanently: bool = False) -> bool:
        """Delete what is stored there."""
        return self.backend.delete(self.reference(path), permanently=permanently, deadline=self.soon())

    def paths(self, prefix: str = "") -> list[str]:
        """Return the listing below ``prefix``, which is text as the backend's own paths have it."""
        return self.backend.list_paths(prefix, deadline=self.soon())

    def named(self, *paths: str) -> list[str]:
        """Return those paths as the backend lists them: sorted, and as its references spell them."""
        return sorted(self.reference(path).path for path in paths)

    def through(self, backend: Backend) -> Place:
        """Return the same place seen through another instance."""
        return Place(backend, self.reference, self.patience)
