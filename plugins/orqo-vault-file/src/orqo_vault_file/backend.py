"""The ``encrypted-file`` backend: the contract's words on top of the store's rooms. The run path imports only this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from orqo_vault.backend.context import BackendContext
from orqo_vault.backend.contract import Backend, BackendReference, BackendSettings, merged
from orqo_vault.backend.deadline import Deadline
from orqo_vault.backend.stored import Expected, Stored
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import Secret
from orqo_vault_file import reading
from orqo_vault_file.format import names
from orqo_vault_file.format.sealed_file import Found
from orqo_vault_file.store import Store

if TYPE_CHECKING:
    from orqo_vault.backend.health import Health


@dataclass(frozen=True, kw_only=True)
class FileSettings(BackendSettings):
    """A store directory beside the settings file; it may be committed to git."""

    path: str = ".orqo-vault"
    """The store's directory, relative to the settings file."""
    key_file: str | None = None
    """The key file, if it is not in its default place; keep it out of the repository."""

    def __post_init__(self) -> None:
        for name, value in (("path", self.path), ("key_file", self.key_file)):
            if value is not None and (not value or "\0" in value):
                raise ValueError(f"{name} must be the name of a file")


@dataclass(frozen=True, kw_only=True)
class FileReference(BackendReference):
    """A secret in the store: ids joined by ``/``."""

    def __post_init__(self) -> None:
        problem = names.problem_with(self.path)
        if problem is not None:
            raise ValueError(problem)


class EncryptedFileBackend(Backend):
    """Secrets in a directory of sealed files. The first write makes the store and its key file and says so."""

    type_name: ClassVar[str] = "encrypted-file"
    Settings: ClassVar[Any] = FileSettings
    Reference: ClassVar[Any] = FileReference
    bootstrap_variables: ClassVar[frozenset[str]] = frozenset({"ORQO_VAULT_*"})

    def __init__(self, settings: FileSettings, context: BackendContext) -> None:
        super().__init__(settings, context)
        self.store = Store.of(settings.path, settings.key_file, context)

    def read(self, reference: FileReference, *, deadline: Deadline) -> Stored | None:
        found = reading.read(self.store, reference.path, deadline)
        return None if found is None else _stored(found)

    def read_many(self, references: Iterable[FileReference], *, deadline: Deadline) -> dict[Any, Stored]:
        asked = {reference.path: reference for reference in references}
        found, failed = reading.read_many(self.store, asked, deadline)
        if failed:
            raise merged(failed)
        return {reference: _stored(found[path]) for path, reference in asked.items() if path in found}

    def write(self, reference: FileReference, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        from orqo_vault_file import writing  # a run only reads

        return writing.write(self.store, reference.path, secret, if_version, deadline)

    def delete(self, reference: FileReference, *, permanently: bool = False, deadline: Deadline) -> bool:
        from orqo_vault_file import writing  # a run only reads

        return writing.delete(self.store, reference.path, deadline)

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return reading.list_paths(self.store, prefix, deadline)

    def check(self, references: Sequence[FileReference] = (), *, deadline: Deadline) -> Health:
        from orqo_vault.backend.health import Health
        from orqo_vault_file.upkeep import condition  # a run only reads

        try:
            found = self.read_many(references, deadline=deadline)
            notes = condition.notes(self.store)
            concerns = condition.concerns(self.store, str(self.context.base_dir), deadline)
        except OrqoVaultError as error:
            return Health.failed([error])
        absent = tuple(str(reference) for reference in references if reference not in found)
        return Health(notes=notes, absent=absent, concerns=concerns)

    def close(self) -> None:
        self.store.forget()


def _stored(found: Found) -> Stored:
    assert found.secret is not None  # reading never hands out a tombstone
    return Stored(found.secret, found.version)
