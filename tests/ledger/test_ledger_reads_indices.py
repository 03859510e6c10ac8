"""No question but verify and the list of organizations reads a whole table: a million entries cost what ten do."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import Ledger, Use
from orqo_vault.ledger.database import Database
from orqo_vault.ledger.migrations import migrate
from orqo_vault.ledger.sqlite import Sqlite

HOUR = timedelta(hours=1)


class Overheard(Sqlite):
    """Keeps every statement that is asked of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.said: set[str] = set()

    def statement(self, text: str) -> str:
        self.said.add(text)
        return text


class Anything(dict[str, object]):
    """A value for every parameter."""

    def __missing__(self, name: str) -> object:
        return 1


def test_every_statement_finds_its_rows_by_an_index(tmp_path: Path) -> None:
    dialect = Overheard(tmp_path / "l.db")
    database = Database(dialect)
    migrate(database, create=True)
    dialect.said.clear()
    with Ledger(database) as ledger:
        use_everything(ledger)
    with closing(sqlite3.connect(dialect.path)) as connection:
        plans = {
            statement: " / ".join(
                row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", Anything()).fetchall()
            )
            for statement in dialect.said
        }
    assert len(plans) > 30
    tables = r"SCAN (organization|movement|entry|lot|hold|request)\b"
    assert {statement: plan for statement, plan in plans.items() if re.search(tables, plan)} == {}


def use_everything(ledger: Ledger) -> None:
    use = Use(organization="acme", run="r", credential="c", provider="p")
    ledger.grant("acme", 100, period="p")
    ledger.adjust("acme", -1, reference="a", reason="r")
    ledger.set_overdraft("acme", 5)
    for hold in ("h", "short"):
        ledger.reserve(use, 10, hold=hold, lasts=HOUR if hold == "h" else timedelta(microseconds=1), at_expiry="settle")
    ledger.extend("acme", "h", amount=11, lasts=HOUR)
    for reference in ("r1", "r2", "r3"):
        ledger.start("acme", "h", reference=reference, model="m", estimate=2, gateway="g")
    ledger.settle("acme", "r1", tokens=Tokens(), cost=Cost(amount=1), metered="gateway")
    ledger.cancel("acme", "r2")
    ledger.mark_unsettled("g")
    ledger.record_own(use, "own", tokens=Tokens())
    ledger.release("acme", "h")
    ledger.balance("acme")
    ledger.holds("acme")
    ledger.lots("acme")
    ledger.history("acme")
    ledger.unsettled("acme")
    ledger.requests("acme", run="r")
    ledger.usage("acme", by="day")
    ledger.usage("acme", by="model", run="r")
