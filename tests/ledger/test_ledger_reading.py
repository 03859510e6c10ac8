"""History with pages, usage by day, model and run, and a check that finds whatever somebody changed by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import Ledger, Use
from orqo_vault.ledger.records import moment
from tests.ledger import raw

HOUR = timedelta(hours=1)


def use_some(ledger: Ledger, run: str, model: str, cost: int) -> None:
    use = Use(organization="acme", run=run, credential="openai", provider="openai", model=model)
    ledger.reserve(use, 20, hold=run, lasts=timedelta(days=30))
    number = len(ledger.requests("acme", run=run))
    ledger.settle(
        "acme",
        f"{run}-{number}",
        tokens=Tokens(input=10, output=2, cached_input=4),
        cost=Cost(amount=cost),
        metered="gateway",
        hold=run,
    )


def test_history_comes_in_pages_without_a_gap(ledger: Ledger) -> None:
    for number in range(25):
        ledger.adjust("acme", 1, reference=f"a{number}", reason="r")
    pages, before = [], None
    while page := ledger.history("acme", before=before, limit=10):
        pages.append([movement.number for movement in page])
        before = page[-1].number
    assert [len(page) for page in pages] == [10, 10, 6]
    assert [number for page in pages for number in page] == list(range(26, 0, -1))


def test_usage_is_summed_up_by_day_model_and_run(ledger: Ledger, clock: Any) -> None:
    start = moment(clock())
    use_some(ledger, "run-1", "gpt-4o", 5)
    use_some(ledger, "run-2", "mini", 1)
    clock.advance(days=1)
    use_some(ledger, "run-1", "gpt-4o", 7)
    own = Use(organization="acme", run="run-3", credential="mine", provider="openai", model="mini")
    ledger.record_own(own, "o", tokens=Tokens(input=3))

    days = [(line.heading, line.requests, line.own, line.charged, line.tokens) for line in ledger.usage("acme")]
    assert days == [
        ("2027-01-15", 2, 0, 6, Tokens(input=20, output=4, cached_input=8)),
        ("2027-01-16", 2, 1, 7, Tokens(input=13, output=2, cached_input=4)),
    ]
    models = [(line.heading, line.requests, line.charged) for line in ledger.usage("acme", by="model")]
    assert models == [("openai:gpt-4o", 2, 12), ("openai:mini", 2, 1)]
    runs = [(line.heading, line.charged) for line in ledger.usage("acme", by="run")]
    assert runs == [("run-1", 12), ("run-2", 1), ("run-3", 0)]
    credentials = [(line.heading, line.requests) for line in ledger.usage("acme", by="credential")]
    assert credentials == [("mine", 1), ("openai", 3)]
    of_run = [(line.heading, line.charged) for line in ledger.usage("acme", by="day", run="run-1")]
    assert of_run == [("2027-01-15", 5), ("2027-01-16", 7)]
    first_day = ledger.usage("acme", by="run", since=start, until=start + HOUR)
    assert [(line.heading, line.charged) for line in first_day] == [("run-1", 5), ("run-2", 1)]
    assert ledger.usage("beta") == []


def test_every_organization_that_has_an_account_is_listed(ledger: Ledger) -> None:
    ledger.grant("beta", 1, period="p")
    assert ledger.organizations() == ["acme", "beta"]


TAMPERING = {
    "the balance": "UPDATE organization SET balance = balance + 1",
    "what is held": "UPDATE organization SET held = held + 1",
    "the number of movements": "UPDATE organization SET movements = movements + 1",
    "what is drawn on hold run-1": "UPDATE hold SET drawn = drawn + 1",
    "what was spent of the holds": "UPDATE hold SET spent = spent + 1",
    "what is left of the grants": "UPDATE lot SET remaining = remaining - 1",
    "the entries of movement 3": "INSERT INTO movement VALUES ('acme', 3, 'grant', 'x', 1000, '', 0)",
    "usage without a request, movement 3": "INSERT INTO movement VALUES ('acme', 3, 'usage', 'x', 1000, '', 0)",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_verify_finds_what_was_changed_by_hand(ledger: Ledger, address: str, what: str) -> None:
    use_some(ledger, "run-1", "gpt-4o", 5)
    assert ledger.verify() == []
    raw.run(address, TAMPERING[what])
    assert what in {found.what for found in ledger.verify()}
    assert what in {found.what for found in ledger.verify("acme")}
    assert ledger.verify("beta") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET amount = amount + 1",
        "DELETE FROM entry",
        "UPDATE movement SET balance = 0",
        "DELETE FROM movement",
        "UPDATE request SET charged = 0",
        "DELETE FROM request",
        "UPDATE organization SET balance = -11",
        "UPDATE organization SET held = 1000000",
    ],
)
def test_the_database_itself_refuses(ledger: Ledger, address: str, statement: str) -> None:
    use_some(ledger, "run-1", "gpt-4o", 5)
    with pytest.raises(Exception, match=r"append-only|CHECK constraint failed|check constraint"):
        raw.run(address, statement)
    assert ledger.verify() == []


def test_money_is_never_a_float(ledger: Ledger, address: str) -> None:
    use_some(ledger, "run-1", "gpt-4o", 5)
    assert raw.ask(address, "SELECT balance, held FROM organization") == [(95, 15)]
    assert all(type(value) is int for value in raw.ask(address, "SELECT balance, held FROM organization")[0])
