"""Keeps secrets as plain text in one SQLite file. For development: whoever reads the file reads the secrets."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from orqo_vault.backend import (
    Backend,
    BackendContext,
    BackendReference,
    BackendSettings,
    Deadline,
    Expected,
    Health,
    Stored,
)
from orqo_vault.errors import ConflictError, CorruptSecretError
from orqo_vault.secret import Secret
from orqo_vault_plaintext_sqlite.translation import translated_errors

TABLE = "create table if not exists secrets (path text primary key, fields text not null, version text not null)"


@dataclass(frozen=True, kw_only=True)
class SqliteSettings(BackendSettings):
    """What stands beside ``type: plaintext-sqlite`` in the settings file."""

    path: str = "plaintext.sqlite3"
    """The file; a relative path starts at the settings file."""

    def __post_init__(self) -> None:
        if not self.path or self.path.endswith("/"):
            raise ValueError("path must name a file")


class PlaintextSqlite(Backend):
    """One row a secret. Each operation opens the file anew, so that threads and processes share nothing else."""

    type_name = "plaintext-sqlite"
    Settings = SqliteSettings

    def __init__(self, settings: SqliteSettings, context: BackendContext) -> None:
        super().__init__(settings, context)
        self.file = context.base_dir / settings.path  # no I/O here: the first operation finds out what is there

    def read(self, reference: BackendReference, *, deadline: Deadline) -> Stored | None:
        return self.read_many([reference], deadline=deadline).get(reference)

    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        wanted = {reference.path: reference for reference in references}
        asked = json.dumps(list(wanted))
        rows = self._rows("select * from secrets where path in (select value from json_each(?))", asked, deadline)
        return {wanted[path]: Stored(_decoded(path, fields), version) for path, fields, version in rows}

    def write(
        self, reference: BackendReference, secret: Secret, *, if_version: str | Expected, deadline: Deadline
    ) -> str:
        fields = json.dumps(secret.reveal())
        version = token_hex(8)  # random and not counted, so that a version from before a delete stays stale
        with self._changing(f"writing {reference.path!r}", deadline) as database:
            row = database.execute("select version from secrets where path = ?", [reference.path]).fetchone()
            if if_version is not Expected.ANY and if_version != (row[0] if row else Expected.ABSENT):
                raise ConflictError(f"{reference.path!r} changed since it was read", paths=[reference.path])
            database.execute("insert or replace into secrets values (?, ?, ?)", [reference.path, fields, version])
        return version

    def delete(self, reference: BackendReference, *, permanently: bool = False, deadline: Deadline) -> bool:
        with self._changing(f"deleting {reference.path!r}", deadline) as database:
            return database.execute("delete from secrets where path = ?", [reference.path]).rowcount > 0

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        # Not `like`: in a prefix, % and _ are letters as any other.
        rows = self._rows("select path from secrets where substr(path, 1, length(?1)) = ?1", prefix, deadline)
        return sorted(path for (path,) in rows)

    def scrub(self, *, deadline: Deadline) -> None:
        """Rewrite the file: SQLite leaves what was deleted in its free pages."""
        doing = f"rewriting {self.file}"
        deadline.check(doing)
        if self.file.exists():
            with translated_errors(doing, deadline), closing(self._opened("rw", deadline)) as database:
                database.execute("vacuum")

    def check(self, references: Sequence[BackendReference] = (), *, deadline: Deadline) -> Health:
        return replace(super().check(references, deadline=deadline), notes=(f"{self.file} is plain text",))

    def _rows(self, query: str, parameter: str, deadline: Deadline) -> list[tuple[Any, ...]]:
        """Return the rows; none when there is no file yet, because reading must not make one."""
        doing = f"reading {self.file}"
        deadline.check(doing)
        if not self.file.exists():
            return []
        with translated_errors(doing, deadline), closing(self._opened("ro", deadline)) as database:
            if not database.execute("select 1 from sqlite_master where name = 'secrets'").fetchone():
                return []  # the first write of all has made the file and not yet the table
            return database.execute(query, [parameter]).fetchall()

    @contextmanager
    def _changing(self, doing: str, deadline: Deadline) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else's write can come between; an error takes it back."""
        deadline.check(doing)
        with translated_errors(doing, deadline):
            self._make_file()
            with closing(self._opened("rw", deadline)) as database:
                database.execute("begin immediate")
                database.execute(TABLE)
                yield database
                database.execute("commit")

    def _opened(self, mode: str, deadline: Deadline) -> sqlite3.Connection:
        place = f"{self.file.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(place, uri=True, timeout=deadline.remaining(), isolation_level=None)

    def _make_file(self) -> None:
        """Private from its first moment: a mode that is changed later lets others in for a while."""
        os.close(os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _decoded(path: str, fields: str) -> Secret:
    try:
        return Secret(json.loads(fields))
    except (ValueError, TypeError, AttributeError):
        raise CorruptSecretError(f"{path!r} does not hold fields", paths=[path]) from None
