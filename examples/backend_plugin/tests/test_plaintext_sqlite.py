"""The contract over this backend, and what only this one promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from orqo_vault_plaintext_sqlite.backend import PlaintextSqlite, SqliteSettings

from orqo_vault.backend import BackendContext, BackendReference, Deadline, Expected
from orqo_vault.errors import BackendError, CorruptSecretError, TimedOutError
from orqo_vault.secret import Secret
from orqo_vault.testing import BackendContract

MAIL = BackendReference(path="mail")


class TestPlaintextSqlite(BackendContract):
    @pytest.fixture
    def backend(self, context: BackendContext) -> Iterator[PlaintextSqlite]:
        with PlaintextSqlite(SqliteSettings(path="dev.sqlite3"), context) as backend:
            yield backend


@pytest.fixture
def backend(tmp_path: Path) -> PlaintextSqlite:
    context = BackendContext(name="dev", base_dir=tmp_path, state_dir=tmp_path, config_dir=tmp_path)
    return PlaintextSqlite(SqliteSettings(), context)


def write(backend: PlaintextSqlite, deadline: Deadline) -> str:
    return backend.write(MAIL, Secret({"password": "x"}), if_version=Expected.ANY, deadline=deadline)


def test_the_file_is_private_from_its_first_moment(backend: PlaintextSqlite) -> None:
    write(backend, Deadline(60))

    assert backend.file.stat().st_mode & 0o777 == 0o600


def test_reading_makes_no_file(backend: PlaintextSqlite) -> None:
    assert backend.read(MAIL, deadline=Deadline(60)) is None
    assert backend.list_paths(deadline=Deadline(60)) == []
    assert not backend.file.exists()


def test_a_file_of_another_kind_is_not_an_empty_one(backend: PlaintextSqlite) -> None:
    backend.file.write_text("no database at all, and long enough to be looked at")

    with pytest.raises(CorruptSecretError, match="SQLITE_NOTADB"):
        backend.read(MAIL, deadline=Deadline(60))


def test_a_row_of_another_kind_is_not_an_absent_one(backend: PlaintextSqlite) -> None:
    write(backend, Deadline(60))
    database = sqlite3.connect(backend.file)
    with database:
        database.execute("update secrets set fields = '[canary'")
    database.close()

    with pytest.raises(CorruptSecretError, match="'mail' does not hold fields"):
        backend.read(MAIL, deadline=Deadline(60))


def test_a_writer_that_never_ends_ends_us_in_time(backend: PlaintextSqlite) -> None:
    write(backend, Deadline(60))
    other = sqlite3.connect(backend.file, isolation_level=None)
    other.execute("begin exclusive")

    with pytest.raises(TimedOutError, match=r"writing 'mail': the file is locked, waited 0\.05 s"):
        write(backend, Deadline(0.05))
    other.close()


def test_a_folder_that_is_missing_is_an_error_of_the_backend(backend: PlaintextSqlite) -> None:
    backend.file = backend.file.parent / "missing" / "dev.sqlite3"

    with pytest.raises(BackendError, match="writing 'mail': ENOENT"):
        write(backend, Deadline(60))


def test_a_check_says_that_this_is_plain_text(backend: PlaintextSqlite) -> None:
    assert backend.check(deadline=Deadline(60)).notes == (f"{backend.file} is plain text",)


def test_scrubbing_leaves_nothing_of_what_was_deleted(backend: PlaintextSqlite) -> None:
    secret = Secret({"password": "canary" * 100})
    backend.write(MAIL, secret, if_version=Expected.ANY, deadline=Deadline(60))
    backend.delete(MAIL, deadline=Deadline(60))

    backend.scrub(deadline=Deadline(60))

    assert b"canary" not in backend.file.read_bytes()


@pytest.mark.parametrize("path", ["", "folder/"])
def test_a_setting_that_names_no_file_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path must name a file"):
        SqliteSettings(path=path)
