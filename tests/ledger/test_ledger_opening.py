"""Opening a ledger: made only on demand, upgraded, a newer one refused, and what is broken said in one line."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.errors import LedgerError, LedgerUnavailableError, SettingsError
from orqo_vault.ledger import Ledger, open_ledger
from orqo_vault.ledger.database import Database
from orqo_vault.ledger.migrations import FILES, migrate, schema_version
from orqo_vault.ledger.opening import dialect_of
from orqo_vault.ledger.sqlite import Sqlite
from tests.ledger import raw


def database(address: str) -> Database:
    return Database(dialect_of(address, None))


def test_a_ledger_that_is_not_there_is_not_an_empty_one(address: str) -> None:
    with pytest.raises(LedgerUnavailableError, match="there is no ledger"):
        open_ledger(address)
    with open_ledger(address, create=True) as made:
        made.grant("acme", 5, period="p")
    with open_ledger(address) as again:
        assert again.balance("acme").balance == 5


def test_creating_what_is_there_keeps_it(address: str) -> None:
    for _ in range(2):
        with open_ledger(address, create=True) as ledger:
            ledger.grant("acme", 5, period="p")
            assert ledger.balance("acme").balance == 5


def test_an_older_schema_is_upgraded_and_keeps_what_it_has(address: str, tmp_path: Path) -> None:
    with open_ledger(address, create=True) as ledger:
        ledger.grant("acme", 5, period="p")
    newer = tmp_path / "schema"
    shutil.copytree(FILES, newer)
    (newer / "0004_notes.sql").write_text("CREATE TABLE note (text TEXT);\n\nINSERT INTO note VALUES ('hello');\n")
    (newer / "0005_only_here.sqlite.sql").write_text("INSERT INTO note VALUES ('sqlite');\n")
    (newer / "0005_only_here.postgresql.sql").write_text("INSERT INTO note VALUES ('postgresql');\n")

    upgraded = database(address)
    migrate(upgraded, create=False, files=newer)
    assert schema_version(upgraded) == 5
    migrate(upgraded, create=False, files=newer)
    upgraded.close()
    assert raw.ask(address, "SELECT text FROM note ORDER BY text") == [("hello",), (address.partition(":")[0],)]
    assert raw.ask(address, "SELECT balance FROM organization") == [(5,)]


def test_a_newer_schema_is_refused(address: str) -> None:
    open_ledger(address, create=True).close()
    raw.run(address, "INSERT INTO ledger_schema VALUES (99, 0)")
    for create in (False, True):
        with pytest.raises(LedgerError, match="has schema 99, this release knows up to 3"):
            open_ledger(address, create=create)


def test_a_migration_that_fails_changes_nothing(address: str, tmp_path: Path) -> None:
    open_ledger(address, create=True).close()
    broken = tmp_path / "schema"
    shutil.copytree(FILES, broken)
    (broken / "0004_broken.sql").write_text("CREATE TABLE note (text TEXT);\n\nCREATE TABLE note (text TEXT);\n")
    half = database(address)
    with pytest.raises(LedgerError):
        migrate(half, create=False, files=broken)
    assert schema_version(half) == 3
    half.close()
    open_ledger(address).close()


def test_many_processes_may_create_one_ledger_at_once(address: str) -> None:
    """Every one grants the same period: it is granted once."""
    code = (
        "import sys; from orqo_vault.ledger import open_ledger\n"
        "sys.stdin.readline()\n"
        "open_ledger(sys.argv[1], create=True).grant('acme', 5, period='p')"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, address], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(5)
    ]
    said = [process.communicate("go\n")[1] for process in started]
    assert [(process.returncode, text) for process, text in zip(started, said, strict=True)] == [(0, "")] * 5
    with open_ledger(address) as ledger:
        assert ledger.balance("acme").balance == 5
        assert ledger.verify() == []


@pytest.mark.parametrize(
    "address", ["mysql://x/y", "sqlite://host/path", "sqlite:///", "sqlite:///a?mode=ro", "ledger.db"]
)
def test_an_address_that_names_no_ledger_is_refused(address: str) -> None:
    with pytest.raises(SettingsError):
        open_ledger(address, create=True)


def test_three_and_four_slashes_are_the_same_absolute_path(tmp_path: Path) -> None:
    with open_ledger(f"sqlite://{tmp_path}/a%20b.db", create=True) as ledger:
        ledger.grant("acme", 5, period="p")
    with open_ledger(f"sqlite:///{tmp_path}/a b.db") as again:
        assert again.balance("acme").balance == 5


def test_only_the_owner_may_read_a_new_file(tmp_path: Path) -> None:
    open_ledger(f"sqlite://{tmp_path}/l.db", create=True).close()
    assert (tmp_path / "l.db").stat().st_mode & 0o777 == 0o600


def test_no_folder_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailableError, match="cannot be created"):
        open_ledger(f"sqlite://{tmp_path}/missing/l.db", create=True)


@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, create: bool) -> None:
    file = tmp_path / "l.db"
    file.write_text("dear diary, " * 1000)
    with pytest.raises(LedgerError, match="damaged, or no ledger"):
        open_ledger(f"sqlite://{file}", create=create)
    assert file.read_text() == "dear diary, " * 1000


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    file = tmp_path / "l.db"
    with open_ledger(f"sqlite://{file}", create=True) as ledger:
        for number in range(50):
            ledger.grant("acme", 5, period=f"p{number}")
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)

    def use() -> None:
        with open_ledger(f"sqlite://{file}") as ledger:
            ledger.grant("acme", 5, period="new")

    with pytest.raises(LedgerError, match="damaged"):
        use()


def test_a_file_that_another_process_keeps_locked_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "l.db"
    open_ledger(f"sqlite://{file}", create=True).close()
    ledger = Ledger(Database(Sqlite(file, patience=0.01)))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailableError, match="another process keeps it locked"):
            ledger.grant("acme", 5, period="p")
        other.execute("ROLLBACK")
    ledger.grant("acme", 5, period="p")
    ledger.close()


def test_a_server_that_is_not_there_is_unavailable_and_no_password_is_said(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("hunter2-hunter2\n")
    with pytest.raises(LedgerUnavailableError) as error:
        open_ledger("postgresql://orqo@127.0.0.1:1/ledger", str(password))
    assert "postgresql://127.0.0.1/ledger" in error.value.message
    assert "hunter2" not in f"{error.value} {error.value.hint}"
    assert error.value.__cause__ is None


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailableError, match="password cannot be read"):
        open_ledger("postgresql://orqo@127.0.0.1:1/ledger", str(tmp_path / "missing"))


def test_a_connection_that_the_server_ended_is_made_again(postgresql: Any, postgresql_address: str) -> None:
    with open_ledger(postgresql_address, create=True) as ledger:
        ledger.grant("acme", 5, period="p")
        with raw.connected(postgresql_address) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
        assert ledger.balance("acme").balance == 5


def test_a_database_whose_tables_are_gone_is_no_ledger(address: str) -> None:
    with open_ledger(address, create=True) as ledger:
        raw.run(address, "DROP TABLE entry")
        with pytest.raises(LedgerError, match="refused a statement"):
            ledger.grant("acme", 5, period="p")
        assert ledger.balance("acme").balance == 0
