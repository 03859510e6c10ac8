"""A ledger in a PostgreSQL database: for hosts that share one. It keeps to a schema of its own there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from orqo_vault.errors import LedgerError, LedgerUnavailableError
from orqo_vault.ledger.dialect import Connection, Dialect

try:
    import psycopg
    from psycopg.rows import dict_row
except ImportError:
    raise LedgerError(
        "a ledger in PostgreSQL needs psycopg", hint="pip install 'orqo-vault[ledger-postgresql]'"
    ) from None

SCHEMA = "orqo_vault_ledger"
PATIENCE = 15
"""Seconds to wait for a connection, and for another process that writes."""
_SESSION = f"""
SET search_path = {SCHEMA}, pg_temp;
SET lock_timeout = '{PATIENCE}s';
SET idle_in_transaction_session_timeout = '60s';
SET default_transaction_isolation = 'read committed'
"""  # a process that was stopped in a transaction must not stop the others for ever
_MIGRATING = 0x6F72716F  # any number that nobody else in this database locks by
# One statement list is one transaction. Two that make a schema at once fail in spite of IF NOT EXISTS; and even where
# it exists, the statement needs a right that only the first user has.
_MAKE_SCHEMA = f"""
SELECT pg_advisory_xact_lock({_MIGRATING});
DO $$ BEGIN
    IF to_regnamespace('{SCHEMA}') IS NULL THEN CREATE SCHEMA {SCHEMA}; END IF;
END $$
"""


class Postgresql(Dialect):
    """The database at ``address``, ``postgresql://USER@HOST/DATABASE``."""

    name = "postgresql"
    begin = "BEGIN"
    begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    for_update = " FOR UPDATE"
    is_server = True
    connections = 4

    def __init__(self, address: str, password_file: Path | None) -> None:
        url = urlsplit(address)
        self.place = f"postgresql://{url.hostname or ''}{url.path}"
        self._address = address
        self._password_file = password_file

    def connect(self, *, create: bool) -> Connection:
        password = self._password()
        with self.translated_errors():
            connection = psycopg.connect(
                self._address, password=password, autocommit=True, connect_timeout=PATIENCE, row_factory=dict_row
            )
            try:
                connection.execute(_SESSION)
                if create:
                    connection.execute(_MAKE_SCHEMA)
                (durable,) = connection.execute("SHOW synchronous_commit").fetchall()
                if durable["synchronous_commit"] == "off":  # an answer would be given for what a crash can lose
                    connection.execute("SET synchronous_commit = on")
            except BaseException:
                connection.close()
                raise
        return cast(Connection, connection)

    def statement(self, text: str) -> str:
        return _in_psycopg(text)

    def now(self, connection: Connection) -> int:
        question = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now"
        return int(connection.execute(question).fetchall()[0]["now"])

    def hold_migrations(self, connection: Connection) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": _MIGRATING})

    def tables(self, connection: Connection) -> frozenset[str]:
        question = "SELECT table_name FROM information_schema.tables WHERE table_schema = %(schema)s"
        rows = connection.execute(question, {"schema": SCHEMA}).fetchall()
        return frozenset(row["table_name"] for row in rows)

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            code = f" ({error.sqlstate})" if error.sqlstate else ""
            raise LedgerUnavailableError(
                f"{self.place}: the ledger cannot be reached or does not answer{code}",
                hint="see that the server runs, and that ledger.address and ledger.password_file are right",
            ) from None
        except psycopg.Error as error:
            raise LedgerError(f"{self.place}: refused a statement ({error.sqlstate})") from None

    def _password(self) -> str | None:
        if self._password_file is None:
            return None
        try:
            return self._password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError):
            raise LedgerUnavailableError(
                f"{self._password_file}: the ledger's password cannot be read", hint="see ledger.password_file"
            ) from None


@functools.cache
def _in_psycopg(text: str) -> str:
    return re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", text)
