"""Brings a ledger's tables to this release's form: numbered files, run once each, in order, never back.

``0001_name.sql`` is for every database, ``0002_name.sqlite.sql`` for one. An empty line ends a statement.
"""

from __future__ import annotations

import re
from pathlib import Path

from orqo_vault.errors import LedgerError, LedgerUnavailableError
from orqo_vault.ledger.database import Database, Session

FILES = Path(__file__).parent / "schema"
_VERSIONS = "ledger_schema"


def migrate(database: Database, *, create: bool, files: Path = FILES) -> None:
    """Bring the ledger up to date: one that is newer is refused, one that is not there is made only if ``create``."""
    with database.reading() if not create else database.writing(create=True) as session:
        current = _version(session)
    newest = max(_numbers(files))
    if current > newest:
        raise LedgerError(
            f"{database.dialect.place}: the ledger has schema {current}, this release knows up to {newest}",
            hint="use the release that wrote it, or a newer one",
        )
    if current == 0 and not create:
        raise LedgerUnavailableError(
            f"{database.dialect.place}: there is no ledger", hint="create it, or mend ledger.address"
        )
    if current < newest:
        _upgrade(database, files)


def schema_version(database: Database) -> int:
    """Return the number of the newest migration that was run; 0 where there is no ledger."""
    with database.reading() as session:
        return _version(session)


def _upgrade(database: Database, files: Path) -> None:
    """Run what is missing in one transaction. A process that waited for another finds nothing left to do."""
    with database.writing() as session:
        session.dialect.hold_migrations(session.connection)
        if _VERSIONS not in session.dialect.tables(session.connection):
            session.migrate(f"CREATE TABLE {_VERSIONS} (version BIGINT PRIMARY KEY, made_at BIGINT NOT NULL)")
        current = _version(session)
        for number in (number for number in _numbers(files) if number > current):
            for file in _of(files, number, session.dialect.name):
                for statement in re.split(r";\n\n+", file.read_text(encoding="utf-8").strip() + "\n\n"):
                    if statement:
                        session.migrate(statement)
            session.run(
                f"INSERT INTO {_VERSIONS} (version, made_at) VALUES (:version, :now)",  # noqa: S608  # our own name
                version=number,
                now=session.now,
            )


def _version(session: Session) -> int:
    if _VERSIONS not in session.dialect.tables(session.connection):
        return 0
    row = session.row(f"SELECT COALESCE(MAX(version), 0) AS version FROM {_VERSIONS}")  # noqa: S608  # our own name
    return int(row["version"]) if row else 0


def _numbers(files: Path) -> list[int]:
    return sorted({int(file.name[:4]) for file in files.glob("[0-9][0-9][0-9][0-9]_*.sql")})


def _of(files: Path, number: int, database: str) -> list[Path]:
    """Return the files of one number: those for all databases, and those for this one."""
    named = sorted(files.glob(f"{number:04}_*.sql"))
    return [file for file in named if file.name.count(".") == 1 or file.name.endswith(f".{database}.sql")]
