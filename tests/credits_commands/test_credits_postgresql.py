"""The commands on a ledger that hosts share: what is decided, shown and refused is the same as on one host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from orqo_vault.ledger import open_ledger
from tests.credits_commands.conftest import Desk, Engine
from tests.ledger.conftest import postgresql  # noqa: F401  # the server is a fixture there, and here


@pytest.fixture
def address(postgresql: Any, tmp_path: Path) -> str:  # noqa: F811  # the fixture
    """The running server's database, without a ledger in it."""
    found = str(postgresql.get_uri())
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS orqo_vault_ledger CASCADE")
    return found.replace("://postgres:@", "://postgres@")


def test_an_account_from_its_first_grant_to_a_figure_that_differs(desk: Desk) -> None:
    assert desk("balance", "--json").code == "ledger_unavailable"
    assert desk("init").status == 0
    for _ in range(2):
        assert desk("grant", "acme", "0.5", "--period", "2026-11").status == 0
    assert desk("adjust", "acme", "-0.1", "--reference", "t1", "--reason", "too much").status == 0
    with open_ledger(desk.address) as ledger:
        engine = Engine(ledger)
        engine.spend("run-1", "req-1", 40)
        engine.hold("run-2", 1_000)
        engine.start("run-2", "gw-1", 600)
        ledger.mark_unsettled("gw")
    assert desk("holds", "--organization", "acme", "--plain").out.split("\t")[2:4] == ["0.001", "0.0006"]
    assert desk("unsettled", "--plain").out.split("\t")[:2] == ["acme", "gw-1"]
    assert desk("settle", "acme", "gw-1", "--input", "100", "--output", "10").status == 0
    usage = desk("usage", "--organization", "acme", "--by", "run", "--plain").out
    assert usage == "run-2\t1\t0\t100\t10\t0.00042\nrun-1\t1\t0\t900\t100\t0.00004\n"
    kinds = [line.split("\t")[2] for line in desk("history", "--organization", "acme", "--plain").out.splitlines()]
    assert kinds == ["usage", "usage", "adjustment", "grant"]
    assert desk("balance", "--organization", "acme", "--plain").out == "acme\t0.39954\t0.00058\t0.39896\t1\n"
    assert desk("verify").status == 0
    with psycopg.connect(desk.address, autocommit=True) as connection:
        connection.execute("UPDATE orqo_vault_ledger.organization SET balance = balance + 7 WHERE name = 'acme'")
    assert desk("verify", "--json").code == "ledger_differs"
