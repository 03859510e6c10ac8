"""Usage as a table with bars: by day with its gaps, by model and run the largest first, for programs as data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import Ledger, Use, open_ledger
from orqo_vault.ledger.database import Clock
from tests.credits_commands.conftest import Desk, Engine

DAY = timedelta(days=1)


def bar_of(line: str) -> str:
    return line.rsplit("  ", 1)[1] if "█" in line or "#" in line else ""


def clock_at(moment: datetime) -> Clock:
    microseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return lambda: microseconds


@pytest.fixture
def used(desk: Desk) -> Desk:
    """Four days: 40, 10, nothing, 1 micro-credit, the last one today."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for days_ago, amount in ((3, 40), (2, 10), (0, 1)):
        with open_ledger(desk.address, create=True, clock=clock_at(today - days_ago * DAY)) as ledger:
            ledger.grant("acme", 100, period=f"p{days_ago}")
            Engine(ledger).spend(f"run-{days_ago}", f"req-{days_ago}", amount)
            ledger.grant("beta", 100, period=f"p{days_ago}")
            Engine(ledger).spend(f"run-{days_ago}", f"req-{days_ago}", 99, "beta")
    return desk


def test_every_day_between_is_there_and_bars_are_as_long_as_what_was_used(
    used: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = used("usage", "--organization", "acme")
    heading, *days = done.out.splitlines()
    assert heading.split() == ["DAY", "REQUESTS", "OWN", "INPUT", "OUTPUT", "CREDITS"]
    dates = [datetime.fromisoformat(line.split()[0]) for line in days]
    assert [later - earlier for earlier, later in pairwise(dates)] == [DAY] * 3
    assert [line.split()[1:6] for line in days] == [
        ["1", "0", "900", "100", "0.00004"],
        ["1", "0", "900", "100", "0.00001"],
        ["0", "0", "0", "0", "0"],
        ["1", "0", "900", "100", "0.000001"],
    ]
    longest, second, none, least = (len(bar_of(line)) for line in days)
    assert (second, none, least) == (longest // 4, 0, max(1, longest // 40))
    assert done.err == "0.000051 credits in all\n"


@pytest.mark.parametrize("columns", [40, 80, 120, 500])
def test_a_chart_is_no_wider_than_the_terminal_and_no_narrower_than_can_be_read(
    used: Desk, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = used("usage", "--organization", "acme").out.splitlines()
    assert max(map(len, lines)) <= max(columns, 70)
    assert 10 <= max(len(bar_of(line)) for line in lines[1:]) <= 60


def test_a_terminal_without_blocks_gets_plain_characters(used: Desk) -> None:
    done = used.process("usage", "--organization", "acme", PYTHONIOENCODING="ascii", COLUMNS="90")
    assert "#" in done.out
    assert done.out.isascii()


def test_models_runs_and_credentials_come_with_the_largest_first_and_the_rest_in_one(
    used: Desk,
) -> None:
    words = ["usage", "--organization", "acme", "--plain"]
    assert [line.split("\t")[0] for line in used(*words, "--by", "run").out.splitlines()] == ["run-3", "run-2", "run-0"]
    assert used(*words, "--by", "run", "-n", "1").out.splitlines()[1].split("\t") == (
        ["2 more", "2", "0", "1800", "200", "0.000011"]
    )
    assert used(*words, "--by", "model").out == "openai:gpt-4o\t3\t0\t2700\t300\t0.000051\n"
    assert used(*words, "--by", "credential").out == "openai\t3\t0\t2700\t300\t0.000051\n"


def test_since_and_until_leave_out_what_was_before_and_what_came_at_that_moment(used: Desk) -> None:
    today = datetime.now(UTC).date()
    words = ["usage", "--organization", "acme", "--plain", "--since", str(today - 2 * DAY), "--until", str(today)]
    assert used(*words).out == f"{today - 2 * DAY}\t1\t0\t900\t100\t0.00001\n"
    later = f"{today - 2 * DAY}T00:00:01+00:00"
    assert used("usage", "--organization", "acme", "--since", later, "--until", str(today)).out == ""
    assert used("usage", "--organization", "acme", "--since", "yesterday").status == 2


def test_own_keys_are_counted_and_cost_nothing(desk: Desk, ledger: Ledger) -> None:
    use = Use(organization="acme", run="r", credential="mine", provider="openai", model="gpt-4o")
    ledger.record_own(use, "own-1", tokens=Tokens(input=5, output=6))
    (line,) = desk("usage", "--organization", "acme", "--by", "credential", "--json").json["usage"]
    assert (line["requests"], line["own"], line["charged"]) == (1, 1, {"credits": "0", "micro": 0})
    assert "█" not in desk("usage", "--organization", "acme", "--by", "credential").out


def test_names_from_a_run_cannot_write_on_the_terminal(desk: Desk, ledger: Ledger) -> None:
    ledger.grant("acme", 100, period="p")
    use = Use(organization="acme", run="r", credential="c", provider="openai")
    ledger.reserve(use, 10, hold="h", lasts=timedelta(hours=1))
    ledger.settle(
        "acme", "q", tokens=Tokens(), cost=Cost(amount=1), metered="reported", hold="h", model="\x1b[2Jevil\ttab"
    )
    done = desk("usage", "--organization", "acme", "--by", "model")
    assert "\x1b" not in done.out
    assert "\\x1b[2Jevil" in done.out


def test_the_chart_on_the_page_is_the_one_that_is_printed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with open_ledger(desk.address, create=True, clock=clock_at(datetime(2026, 11, 1, tzinfo=UTC))) as ledger:
        ledger.grant("acme", 25_000_000, period="2026-11")
    for day, amounts in ((20, [141_500, 98_200, 40_600]), (22, [41_300])):
        with open_ledger(desk.address, clock=clock_at(datetime(2026, 11, day, tzinfo=UTC))) as ledger:
            for number, amount in enumerate(amounts):
                Engine(ledger).spend(f"run-{day}-{number}", f"req-{day}-{number}", amount)
    done = desk("usage", "--organization", "acme", "--since", "2026-11-01", "--until", "2026-12-01")
    page = (Path(__file__).parents[2] / "docs" / "credits.md").read_text()
    assert done.out + done.err in page
