"""Turns what SQLite says into what a backend may raise. Nothing else in this plugin knows SQLite's errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import errorcode

from orqo_vault.backend import Deadline
from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    CorruptSecretError,
    TimedOutError,
)

KINDS: dict[str, type[BackendError]] = {
    "SQLITE_CANTOPEN": AccessDeniedError,
    "SQLITE_READONLY": AccessDeniedError,
    "SQLITE_PERM": AccessDeniedError,
    "SQLITE_CORRUPT": CorruptSecretError,
    "SQLITE_NOTADB": CorruptSecretError,
    "SQLITE_IOERR": BackendUnavailableError,
    "SQLITE_FULL": BackendUnavailableError,
}


@contextmanager
def translated_errors(doing: str, deadline: Deadline) -> Iterator[None]:
    """Raise a ``BackendError`` for a foreign error: its code is kept, its text and its object are not."""
    try:
        yield
    except OSError as error:
        kind = AccessDeniedError if isinstance(error, PermissionError) else BackendError
        raise kind(f"{doing}: {errorcode.get(error.errno or 0, type(error).__name__)}") from None
    except sqlite3.Error as error:
        # An extended code starts with the plain one: SQLITE_READONLY_DIRECTORY.
        code = "_".join(getattr(error, "sqlite_errorname", type(error).__name__).split("_")[:2])
        if code == "SQLITE_BUSY":
            raise TimedOutError(f"{doing}: the file is locked, waited {deadline.seconds:g} s") from None
        raise KINDS.get(code, BackendError)(f"{doing}: {code}") from None
