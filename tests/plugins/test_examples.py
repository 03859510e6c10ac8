"""The example plugins work as they are, installed beside a core that has never heard of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "examples" / "backend_plugin"
TYPE = ROOT / "examples" / "credential_type_plugin"

SETTINGS = """
version: 1
default_backend: dev
backends:
  dev: {type: plaintext-sqlite, path: dev.sqlite3}
credentials:
  orders: {name: Orders database, key: ORDERS, category: runtime, type: database_url}
"""
ENGINE = """
import json
from orqo_vault import Vault
with Vault.open("orqo-vault.yaml") as vault:
    vault.put("orders", {"url": "postgresql://ana:pass@db.example/orders"})
    print(json.dumps(vault.environment(only=["orders"])))
"""


@pytest.fixture
def equipped(site: Site) -> Site:
    """A machine with both examples installed, and a project that uses them."""
    site.install(BACKEND)
    site.install(TYPE)
    (site.folder / "orqo-vault.yaml").write_text(SETTINGS, encoding="utf-8")
    return site


def test_the_examples_are_found_by_their_names(equipped: Site) -> None:
    backend = equipped.ask("backend_class", "plaintext-sqlite")
    credential_type = equipped.ask("credential_type", "database_url")

    assert backend == {"module": "orqo_vault_plaintext_sqlite.backend", "name": "PlaintextSqlite"}
    assert credential_type == {"module": "orqo_vault_database_url.plugin", "name": "DatabaseUrl"}


def test_the_examples_pass_their_own_tests(equipped: Site) -> None:
    """For the backend these are the contract."""
    tests = [str(project / "tests") for project in (BACKEND, TYPE)]

    done = equipped.run("-m", "pytest", "-q", "-pno:cacheprovider", "-pno:xdist", *tests)

    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed", done.stdout)
    assert not re.search(r"skipped|xfailed|deselected", done.stdout)


def test_a_run_uses_both_examples(equipped: Site) -> None:
    done = equipped.run("-c", ENGINE)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        '{"ORDERS": "postgresql://ana:pass@db.example/orders", "ORDERS_HOST": "db.example", "ORDERS_NAME": "orders"}'
    )


def test_the_command_line_adds_a_credential_of_the_examples_type(equipped: Site) -> None:
    added = equipped.run(
        *("-m", "orqo_vault", "add", "stock", "--name", "Stock", "--type", "database_url"),
        *("--category", "runtime", "--key", "STOCK", "--from-env", "url=STOCK_URL"),
        STOCK_URL="redis://:pass@cache.example/0",
    )
    ran = equipped.run("-m", "orqo_vault", "run", "--only", "stock", "--", "printenv", "STOCK_HOST")

    assert added.returncode == 0, added.stderr
    assert ran.stdout.strip() == "cache.example"


def test_the_command_of_the_backend_example_runs(equipped: Site) -> None:
    equipped.run("-c", ENGINE)

    done = equipped.run("-m", "orqo_vault", "plaintext", "scrub")

    assert done.returncode == 0, done.stderr
    assert done.stderr == f"rewrote {equipped.folder / 'dev.sqlite3'}\n"


def test_the_core_knows_neither_example() -> None:
    names = re.compile(r"plaintext.sqlite|database.url|examples/", re.IGNORECASE)

    assert [path for path in (ROOT / "src").rglob("*.py") if names.search(path.read_text(encoding="utf-8"))] == []
