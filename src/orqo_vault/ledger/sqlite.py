"""A ledger in one SQLite file: for one host. A commit is on the disk before it is answered."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from orqo_vault.errors import LedgerError, LedgerUnavailableError
from orqo_vault.ledger.dialect import Connection, Dialect

PATIENCE = 15.0
"""Seconds to wait for another process that writes."""
OLDEST = (3, 35, 0)  # RETURNING

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_REASONS = {
    sqlite3.SQLITE_BUSY: "another process keeps it locked",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_PERM: "it may not be opened",
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_IOERR: "its disk cannot be read or written",
}
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # macOS: there, fsync alone leaves it in the disk's cache
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)


class Sqlite(Dialect):
    """The file at ``path``. Its folder must be there, and writable: SQLite keeps its journal beside the file."""

    name = "sqlite"
    begin = "BEGIN IMMEDIATE"
    begin_reading = "BEGIN"
    for_update = ""  # BEGIN IMMEDIATE has already kept every other writer out
    is_server = False
    connections = 1  # SQLite has one writer anyway

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self.path = path
        self.place = str(path)
        self._patience = patience

    def connect(self, *, create: bool) -> Connection:
        if sqlite3.sqlite_version_info < OLDEST:
            raise LedgerError(f"this Python's SQLite is {sqlite3.sqlite_version}: a ledger needs 3.35 or newer")
        if create:
            self._make()
        self._must_be_there()
        with self.translated_errors():
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=self._patience,
                isolation_level=None,
                check_same_thread=False,  # one thread at a time has it
            )
            try:
                connection.row_factory = _mapping
                for pragma in _PRAGMAS:
                    connection.execute(pragma)
            except BaseException:
                connection.close()
                raise
        return cast(Connection, connection)

    def statement(self, text: str) -> str:
        return text

    def now(self, connection: Connection) -> int:
        return time.time_ns() // 1000  # the host's clock is the one that all its processes share

    def hold_migrations(self, connection: Connection) -> None:
        pass  # BEGIN IMMEDIATE did

    def tables(self, connection: Connection) -> frozenset[str]:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return frozenset(row["name"] for row in rows)

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translated(error) from None

    def _make(self) -> None:
        """Make an empty file that only its owner may read, unless there is one."""
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise LedgerUnavailableError(f"{self.place}: cannot be created: {error.strerror}") from None

    def _must_be_there(self) -> None:
        try:
            there = stat.S_ISREG(self.path.stat().st_mode)
        except FileNotFoundError:
            there = False
        except OSError as error:
            raise LedgerUnavailableError(f"{self.place}: the ledger cannot be used: {error.strerror}") from None
        if not there:
            raise LedgerUnavailableError(f"{self.place}: there is no ledger", hint="create it, or mend ledger.address")

    def _translated(self, error: sqlite3.Error) -> Exception:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension that only SQLite's authors need
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        if code in _DAMAGED:
            return LedgerError(f"{self.place}: is damaged, or no ledger ({name})", hint="restore it from its backup")
        if code in _REASONS:
            return LedgerUnavailableError(f"{self.place}: the ledger cannot be used: {_REASONS[code]} ({name})")
        return LedgerError(f"{self.place}: refused a statement ({name})")


def _mapping(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
