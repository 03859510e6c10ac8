"""A ledger's database without the ledger: for what only somebody with the database's own tools can do and see."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Give a connection that commits each statement."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(address).path, isolation_level=None, timeout=30)) as connection:
            yield connection
    else:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute("SET search_path = orqo_vault_ledger")
            yield server


def ask(address: str, question: str) -> list[tuple[Any, ...]]:
    with connected(address) as connection:
        return [tuple(row) for row in connection.execute(question).fetchall()]


def run(address: str, *statements: str) -> None:
    with connected(address) as connection:
        for statement in statements:
            connection.execute(statement)
