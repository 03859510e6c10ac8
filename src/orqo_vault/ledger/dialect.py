"""What differs between the databases a ledger can be kept in. All other SQL is the same, with ``:name`` parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol

Row = Mapping[str, Any]


class Cursor(Protocol):
    """What comes back from a statement."""

    @property
    def rowcount(self) -> int: ...
    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """A connection that commits when it is told to; its rows are mappings."""

    def execute(self, statement: Any, values: Any = ..., /) -> Cursor: ...
    def close(self) -> None: ...


class Dialect(ABC):
    """One kind of database at one place. Creating one does no I/O."""

    name: ClassVar[str]
    """What its own migrations end in."""
    begin: ClassVar[str]
    """Starts a transaction that will write."""
    begin_reading: ClassVar[str]
    """Starts one that sees a single moment and holds nobody up."""
    for_update: ClassVar[str]
    """Ends a SELECT whose row nobody else may change until the transaction is over."""
    is_server: ClassVar[bool]
    """Whether a connection that is idle can be ended from the other side."""
    connections: ClassVar[int]
    """How many are of use at one time to one process."""
    place: str
    """What errors call it. It holds no password."""

    @abstractmethod
    def connect(self, *, create: bool) -> Connection:
        """Connect; a database that is not there is made only if ``create``."""

    @abstractmethod
    def statement(self, text: str) -> str:
        """Return the statement with the parameters as this database's driver writes them."""

    @abstractmethod
    def now(self, connection: Connection) -> int:
        """Return microseconds since 1970 (UTC) by the one clock that all users of this ledger share."""

    @abstractmethod
    def hold_migrations(self, connection: Connection) -> None:
        """Let no other process migrate until the transaction is over."""

    @abstractmethod
    def tables(self, connection: Connection) -> frozenset[str]:
        """Return the names of the tables that are there."""

    @abstractmethod
    def translated_errors(self) -> AbstractContextManager[None]:
        """Turn the driver's errors into :class:`~orqo_vault.errors.LedgerUnavailableError` or ``LedgerError``."""
