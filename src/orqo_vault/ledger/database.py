"""Transactions on a ledger's database: whole or not at all, and told apart from a database that does not answer."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from orqo_vault.errors import LedgerUnavailableError, OrqoVaultError
from orqo_vault.ledger.dialect import Connection, Dialect, Row

Clock = Callable[[], int]
"""Gives microseconds since 1970."""


class Session:
    """One transaction in progress."""

    def __init__(self, connection: Connection, dialect: Dialect, clock: Clock | None) -> None:
        self.connection = connection
        self._clock = clock
        self.dialect = dialect

    @cached_property
    def now(self) -> int:
        """The transaction's time, read when it is first asked for: after the locks, so that later ones are later."""
        return self._clock() if self._clock else self.dialect.now(self.connection)

    def rows(self, statement: str, **values: object) -> list[Row]:
        return self.connection.execute(self.dialect.statement(statement), values).fetchall()

    def row(self, statement: str, **values: object) -> Row | None:
        rows = self.rows(statement, **values)
        return rows[0] if rows else None

    def locked_row(self, statement: str, **values: object) -> Row | None:
        """Return a row that nobody else may change until the transaction is over."""
        return self.row(statement + self.dialect.for_update, **values)

    def run(self, statement: str, **values: object) -> int:
        """Return how many rows were changed."""
        return self.connection.execute(self.dialect.statement(statement), values).rowcount

    def migrate(self, statement: str) -> None:
        """Run a statement that has no parameters, as it is written."""
        self.connection.execute(statement)


class Database:
    """Connections to one database, made when they are needed. Safe for several threads."""

    def __init__(self, dialect: Dialect, *, clock: Clock | None = None) -> None:
        self.dialect = dialect
        self._clock = clock
        self._idle: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        for _ in range(dialect.connections):
            self._idle.put(None)

    @contextmanager
    def writing(self, *, create: bool = False) -> Iterator[Session]:
        """Commit when the block ends, undo it all when it raises."""
        with self._transaction(self.dialect.begin, create=create) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Show one moment."""
        with self._transaction(self.dialect.begin_reading, create=False) as session:
            yield session

    def close(self) -> None:
        """Close what is idle. The next transaction connects again."""
        idle = [self._idle.get() for _ in range(self._idle.qsize())]
        for connection in idle:
            if connection is not None:
                connection.close()
            self._idle.put(None)

    @contextmanager
    def _transaction(self, begin: str, *, create: bool) -> Iterator[Session]:
        connection = self._idle.get()
        kept: Connection | None = None  # what may be used again: nothing whose state is in doubt
        try:
            with self.dialect.translated_errors():
                connection = self._begun(connection, begin, create=create)
                try:
                    yield Session(connection, self.dialect, self._clock)
                except OrqoVaultError:
                    connection.execute("ROLLBACK")
                    kept = connection
                    raise
                connection.execute("COMMIT")
                kept = connection
        finally:
            if kept is None and connection is not None:
                connection.close()
            self._idle.put(kept)

    def _begun(self, idle: Connection | None, begin: str, *, create: bool) -> Connection:
        """Begin on the idle connection; if the server has left it, on a new one."""
        if idle is not None:
            try:
                with self.dialect.translated_errors():
                    idle.execute(begin)
            except LedgerUnavailableError:
                idle.close()
                if not self.dialect.is_server:
                    raise
            else:
                return idle
        fresh = self.dialect.connect(create=create)
        try:
            fresh.execute(begin)
        except BaseException:
            fresh.close()
            raise
        return fresh
