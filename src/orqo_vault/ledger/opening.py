"""Opens the ledger that an address names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from orqo_vault.errors import SettingsError
from orqo_vault.ledger.database import Clock, Database
from orqo_vault.ledger.dialect import Dialect
from orqo_vault.ledger.ledger import Ledger
from orqo_vault.ledger.migrations import migrate


def open_ledger(
    address: str, password_file: str | None = None, *, create: bool = False, clock: Clock | None = None
) -> Ledger:
    """Open ``sqlite:///PATH`` or ``postgresql://USER@HOST/DATABASE`` and bring its tables to this release's form.

    A ledger that is not there is made only if ``create``: a wrong address must not look like an empty account.
    ``clock`` gives microseconds since 1970 in place of the database's own clock.
    Raises LedgerUnavailableError, or LedgerError for one that is damaged or newer than this release.
    """
    database = Database(dialect_of(address, password_file), clock=clock)
    try:
        migrate(database, create=create)
    except BaseException:
        database.close()
        raise
    return Ledger(database)


def dialect_of(address: str, password_file: str | None) -> Dialect:
    """Return the database that the address names, without connecting to it."""
    url = urlsplit(address)
    if url.scheme == "postgresql":
        from orqo_vault.ledger.postgresql import Postgresql  # with its driver, which a host may lack

        return Postgresql(address, Path(password_file) if password_file else None)
    if url.scheme == "sqlite" and not url.netloc and not url.query and len(url.path) > 1:
        from orqo_vault.ledger.sqlite import Sqlite

        return Sqlite(Path("/" + unquote(url.path).lstrip("/")))
    raise SettingsError(
        "the ledger's address must be sqlite:///PATH, an absolute path, or postgresql://USER@HOST/DATABASE",
        hint="see ledger.address in the operator's file",
    )
