"""A credential type that a plugin brings has its form, generated from what it declares, and is stored through it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orqo_vault import plugins
from orqo_vault.web import create_app
from orqo_vault.web.terminal_login import TerminalLogin
from tests.web.in_process import Caller
from tests.web.stage import Project

PLUGIN = Path(__file__).parents[2] / "examples" / "credential_type_plugin" / "src"
MODULE = "orqo_vault_database_url"
URL = "postgresql://ana:canary-5f1d@db.example/orders"
TYPED = {"category": "runtime", "type": "database_url", "name": "Orders", "key": "ORDERS"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the example for one test, as pip would."""
    info = tmp_path / "site" / f"{MODULE}-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: orqo-vault-database-url\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[{plugins.CREDENTIAL_TYPES}]\ndatabase_url = {MODULE}.plugin\n")
    monkeypatch.setattr(sys, "path", [str(PLUGIN), str(info.parent), *sys.path])
    plugins.installed.cache_clear()
    yield
    for name in [each for each in sys.modules if each.split(".")[0] == MODULE]:
        del sys.modules[name]
    plugins.installed.cache_clear()


@pytest.fixture
def caller(installed: None, project: Project) -> Caller:
    login = TerminalLogin()
    app = create_app(project.vault, auth=login, origins=["http://127.0.0.1:8000"])
    return Caller(app, headers={"authorization": f"Bearer {login.sessions.begin()}"})


def test_its_form_is_generated_and_what_is_typed_is_stored(caller: Caller, project: Project) -> None:
    cards = asyncio.run(caller.send("GET", "/pages/new/runtime")).body.decode()
    assert "Database URL" in cards
    form = asyncio.run(caller.send("GET", "/pages/new/runtime/database_url")).body.decode()
    assert 'name="secret.url"' in form
    assert "Host" not in form, "what is derived is not asked for"
    preview = asyncio.run(caller.send("POST", "/pages/new-preview", TYPED)).body.decode()
    for name in ("ORDERS", "ORDERS_HOST", "ORDERS_NAME"):
        assert f"<code>{name}</code>" in preview

    made = asyncio.run(caller.send("POST", "/pages/new", {**TYPED, "secret.url": URL}))
    assert made.status == 204, made.body
    assert project.stored("orders") == {"url": URL, "host": "db.example", "database": "orders"}
    page = asyncio.run(caller.send("GET", "/pages/credentials/orders")).body.decode()
    assert "canary-5f1d" not in page
    changed = asyncio.run(caller.send("POST", "/pages/credentials/orders/preview", {"key": "SHOP"})).body.decode()
    assert "<code>SHOP_HOST</code>" in changed
    refused = asyncio.run(caller.send("POST", "/pages/credentials/orders/preview", {"key": "no key"})).body.decode()
    assert "text-danger" in refused
    with project.vault() as vault:
        assert vault.environment(only=["orders"])["ORDERS_HOST"] == "db.example"


def test_its_own_check_refuses_what_is_typed_without_quoting_it(caller: Caller, project: Project) -> None:
    refused = asyncio.run(caller.send("POST", "/pages/new", {**TYPED, "secret.url": "canary-5f1d"}))
    assert refused.status == 422
    assert "is not a URL" in refused.body.decode()
    assert "canary-5f1d" not in refused.body.decode()
    assert "orders" not in project.file.read_text()
