"""What the type accepts, refuses and derives. It never quotes a value."""

from __future__ import annotations

import pytest
from orqo_vault_database_url.plugin import DatabaseUrl, check_database_url

URLS = {
    "postgresql://ana:canary@db.example:5432/orders?sslmode=require": ("db.example", "orders"),
    "postgresql+psycopg://ana:canary@db.example/orders": ("db.example", "orders"),
    "mysql://ana:p%40ss@[::1]:3306/orders": ("::1", "orders"),
    "redis://:canary@cache.example:6379/0": ("cache.example", "0"),
    "mongodb://ana:canary@one.example:27017,two.example:27017/orders": ("one.example", "orders"),
}


@pytest.mark.parametrize(("url", "parts"), URLS.items())
def test_a_url_is_kept_as_it_is_and_its_parts_are_derived(url: str, parts: tuple[str, str]) -> None:
    check_database_url(url)

    assert DatabaseUrl().prepare({"url": url}) == {"url": url, "host": parts[0], "database": parts[1]}


def test_a_url_without_a_database_has_none() -> None:
    assert DatabaseUrl().prepare({"url": "redis://cache.example"}) == {
        "url": "redis://cache.example",
        "host": "cache.example",
    }


@pytest.mark.parametrize(
    "url", ["canary", "://canary", "postgresql://", "postgresql:///canary", "pg sql://canary", "redis://can ary/x\n"]
)
def test_what_is_no_url_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError, match="is not a URL") as caught:
        check_database_url(url)

    assert "canary" not in str(caught.value)
