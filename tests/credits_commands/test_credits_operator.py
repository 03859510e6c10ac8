"""What the operator does to an organization's credits, typed on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orqo_vault.ledger import Ledger
from tests.credits_commands.conftest import Desk, Engine


def test_a_ledger_is_made_once_and_by_nothing_else(desk: Desk) -> None:
    assert desk("balance", "--json").code == "ledger_unavailable"
    assert desk("init").status == 0
    assert desk("grant", "acme", "5", "--period", "2026-11").status == 0
    assert desk("init").status == 0
    assert desk("balance", "--organization", "acme", "--plain").out == "acme\t5\t0\t5\t1\n"


def test_a_grant_is_made_once_a_period_and_said_in_credits_and_micro_credits(desk: Desk, ledger: Ledger) -> None:
    for _ in range(2):
        done = desk("grant", "acme", "0.000001", "--period", "2026-11", "--json")
        assert done.status == 0
        assert done.json["movement"]["amount"] == {"credits": "0.000001", "micro": 1}
    assert ledger.balance("acme").balance == 1
    assert desk("grant", "acme", "2", "--period", "2026-11", "--json").code == "reference_reused"
    assert ledger.balance("acme").balance == 1


def test_a_grant_says_when_it_expires(desk: Desk, ledger: Ledger) -> None:
    in_a_year = (datetime.now(UTC) + timedelta(days=365)).date()
    desk("grant", "acme", "1", "--period", "p", "--expires", in_a_year.isoformat())
    desk("grant", "acme", "2", "--period", "q")
    expiry = f"{in_a_year}T00:00:00Z"
    assert desk("lots", "--organization", "acme", "--plain").out == f"1\t1\t1\t{expiry}\n2\t2\t2\tnever\n"
    assert desk("grant", "acme", "1", "--period", "r", "--expires", "2020-01-01", "--json").code == "credits"


@pytest.mark.parametrize("amount", ["1,5", "0.0000001", "1e3", "NaN", "inf", "", "2000000000", "٣"])
def test_an_amount_that_is_no_whole_number_of_micro_credits_is_refused(desk: Desk, ledger: Ledger, amount: str) -> None:
    assert desk("grant", "acme", amount, "--period", "p", "--json").code == "usage"
    assert ledger.organizations() == []


@pytest.mark.parametrize("amount", ["0", "-5", "+0"])
def test_nothing_and_less_than_nothing_is_not_granted(desk: Desk, ledger: Ledger, amount: str) -> None:
    assert desk("grant", "acme", amount, "--period", "p").status != 0
    assert ledger.balance("acme").balance == 0


def test_a_mistyped_organization_gets_nothing(desk: Desk, ledger: Ledger) -> None:
    done = desk("grant", "amce", "5", "--period", "p")
    assert done.status == 7
    assert "did you mean 'acme'?" in done.err
    assert ledger.organizations() == []


@pytest.mark.parametrize(("amount", "balance"), [("+1.5", "6.5"), ("1.5", "6.5"), ("-1.5", "3.5")])
def test_an_adjustment_goes_up_and_down_once_a_reference(desk: Desk, ledger: Ledger, amount: str, balance: str) -> None:
    desk("grant", "acme", "5", "--period", "p")
    for _ in range(2):
        assert desk("adjust", "acme", amount, "--reference", "ticket 1", "--reason", "too much").status == 0
    assert desk("balance", "--organization", "acme", "--plain").out.split("\t")[1] == balance


def test_an_adjustment_needs_a_reference_and_a_reason_and_stops_at_the_overdraft(desk: Desk, ledger: Ledger) -> None:
    desk("grant", "acme", "5", "--period", "p")
    assert desk("adjust", "acme", "-1", "--reference", "r").status == 2
    assert desk("adjust", "acme", "-1", "--reason", "r").status == 2
    assert desk("adjust", "acme", "-1", "--reference", "r", "--reason", "r", "--resaon", "x").status == 2
    assert desk("adjust", "acme", "-7", "--reference", "r", "--reason", "r", "--json").code == "insufficient_credits"
    assert desk("overdraft", "acme", "2").status == 0
    assert desk("adjust", "acme", "-7", "--reference", "r", "--reason", "r").status == 0
    assert desk("balance", "--organization", "acme", "--plain").out == "acme\t-2\t0\t-2\t2\n"


def test_history_is_shown_in_pages_that_meet(desk: Desk, ledger: Ledger) -> None:
    for number in range(1, 6):
        desk("grant", "acme", "1", "--period", f"p{number}", "--reason", f"reason {number}")
    words = ["history", "--organization", "acme", "--plain", "-n", "2"]
    pages = [desk(*words), desk(*words, "--before", "4"), desk(*words, "--before", "2")]
    rows = [line.split("\t") for page in pages for line in page.out.splitlines()]
    assert [(row[0], row[4], row[5], row[6]) for row in rows] == [
        (str(number), str(number), f"p{number}", f"reason {number}") for number in (5, 4, 3, 2, 1)
    ]
    assert [page.err for page in pages] == ["older ones: --before 4\n", "older ones: --before 2\n", ""]


def test_holds_are_shown_with_what_becomes_of_them(desk: Desk, ledger: Ledger, engine: Engine) -> None:
    ledger.grant("acme", 10, period="p")
    engine.hold("run-1", 4, budget=6, at_expiry="settle")
    engine.start("run-1", "req-1", 3)
    (hold,) = desk("holds", "--organization", "acme", "--json").json["holds"]
    assert (hold["run"], hold["held"]["micro"], hold["started"]["micro"], hold["budget"]["micro"]) == ("run-1", 4, 3, 6)
    row = desk("holds", "--organization", "acme", "--plain").out.rstrip("\n").split("\t")
    assert row[:6] == ["run-1", "openai", "0.000004", "0.000003", "0", "0.000006"]
    assert row[7] == "settle"


def test_what_a_dead_gateway_left_behind_is_listed_and_settled_from_the_providers_export(
    desk: Desk, ledger: Ledger, engine: Engine
) -> None:
    ledger.grant("acme", 1_000_000, period="p")
    engine.hold("run-1", 500_000)
    engine.start("run-1", "gw-1", 10_000)
    engine.start("run-1", "gw-2", 20_000)
    engine.start("run-1", "gw-3", 30_000)
    assert desk("unsettled").err == "everything is settled\n"
    assert len(desk("unsettled", "--before", "2999-01-01", "--json").json["requests"]) == 3
    ledger.mark_unsettled("gw")
    ledger.release("acme", "openai/run-1")
    assert [line.split("\t")[1] for line in desk("unsettled", "--plain").out.splitlines()] == ["gw-1", "gw-2", "gw-3"]

    settled = desk("settle", "acme", "gw-1", "--input", "1000", "--output", "200", "--json").json["request"]
    # (1000 of 2.50 and 200 of 10.00) USD for a million, and 20 % on it
    assert (settled["charged"]["micro"], settled["metered"], settled["model"]) == (5_400, "reported", "gpt-4o")
    for _ in range(2):
        estimated = desk("settle", "acme", "gw-2", "--estimated", "--json")
        assert (estimated.json["request"]["charged"]["micro"], estimated.json["request"]["metered"]) == (
            20_000,
            "estimated",
        )
    assert desk("cancel", "acme", "gw-3").status == 0

    assert desk("unsettled", "--json").json["requests"] == []
    balance = ledger.balance("acme")
    assert (balance.balance, balance.held) == (1_000_000 - 25_400, 0)


def test_settling_needs_to_know_what_was_used(desk: Desk, ledger: Ledger, engine: Engine) -> None:
    ledger.grant("acme", 100, period="p")
    engine.hold("run-1", 50)
    engine.start("run-1", "gw-1", 10)
    assert desk("settle", "acme", "gw-1").status == 2
    assert desk("settle", "acme", "gw-1", "--input", "5").status == 2
    assert desk("settle", "acme", "gw-1", "--input", "5", "--output", "1", "--estimated").status == 2
    assert desk("settle", "acme", "gw-1", "--input", "5", "--output", "1", "--cached-input", "6").status == 2
    assert desk("settle", "acme", "gw-9", "--estimated", "--json").code == "hold_ended"
    assert ledger.balance("acme").held == 50


def test_a_run_is_charged_for_what_is_reported_once(desk: Desk, ledger: Ledger, engine: Engine) -> None:
    ledger.grant("acme", 1_000_000, period="p")
    engine.hold("run-1", 500_000, at_expiry="settle")
    words = ["report", "acme", "job-7", "--run", "run-1", "--credential", "openai", "--model", "openai:gpt-4o"]
    tokens = ["--input", "1000", "--output", "0", "--cached-input", "1000"]
    first, second = (desk(*words, *tokens, "--json").json for _ in range(2))
    assert (first["request"]["charged"]["micro"], first["replayed"], second["replayed"]) == (1_500, False, True)
    assert first["request"]["metered"] == "reported"
    assert ledger.balance("acme").balance == 998_500
    assert desk(*words, "--input", "9", "--output", "9", "--json").code == "reference_reused"
    assert [line.heading for line in ledger.usage("acme", by="model")] == ["openai:gpt-4o"]
    assert ledger.balance("acme").held == 498_500
    assert desk(*words, *tokens, "--last").status == 0
    assert ledger.balance("acme").held == 0


def test_a_model_without_a_price_is_refused_and_not_free(desk: Desk, ledger: Ledger, engine: Engine) -> None:
    ledger.grant("acme", 1_000_000, period="p")
    engine.hold("run-1", 500_000)
    words = [
        "report",
        "acme",
        "job-7",
        "--run",
        "run-1",
        "--credential",
        "openai",
        "--input",
        "1",
        "--output",
        "1",
        "--json",
    ]
    assert desk(*words, "--model", "openai:no-such-model").code == "unknown_price"
    assert ledger.requests("acme", run="run-1") == []


def test_every_movement_of_the_operators_is_recorded_before_it_is_made_and_refusals_too(
    desk: Desk, ledger: Ledger
) -> None:
    desk("grant", "acme", "5", "--period", "2026-11", "--reason", "trial")
    desk("adjust", "acme", "-1", "--reference", "t1", "--reason", "too much")
    desk("overdraft", "acme", "2")
    desk("adjust", "acme", "-100", "--reference", "t2", "--reason", "far too much")
    said = [(each["event"], each["outcome"], each["organization"], each["reason"]) for each in desk.audit()]
    assert said == [
        ("credits-grant", "granted", "acme", "trial"),
        ("credits-adjust", "granted", "acme", "too much"),
        ("credits-overdraft", "granted", "acme", None),
        ("credits-adjust", "granted", "acme", "far too much"),
        ("credits-adjust", "insufficient_credits", "acme", "far too much"),
    ]
    assert desk.audit()[0]["target"] == "5 credits for '2026-11', expiring never"
    assert desk.audit()[1]["target"] == "-1 credits as 't1'"


def test_looking_is_not_recorded(desk: Desk, ledger: Ledger) -> None:
    ledger.grant("acme", 5, period="p")
    for words in (["balance"], ["verify"], ["history", "--organization", "acme"], ["unsettled"]):
        assert desk(*words).status == 0
    assert desk.audit() == []


def test_what_cannot_be_recorded_is_not_granted(desk: Desk, ledger: Ledger) -> None:
    (desk.folder / "audit.jsonl").mkdir()
    assert desk("grant", "acme", "5", "--period", "p", "--json").code == "audit"
    assert ledger.balance("acme").balance == 0


def test_figures_that_differ_end_with_status_8_and_say_which(desk: Desk) -> None:
    import sqlite3

    desk("init")
    desk("grant", "acme", "5", "--period", "p")
    assert desk("verify").status == 0
    with sqlite3.connect(desk.folder / "ledger.db") as connection:
        connection.execute("UPDATE organization SET balance = balance + 7 WHERE name = 'acme'")
    connection.close()
    done = desk("verify", "--json")
    assert done.status == 8
    assert {"organization": "acme", "what": "the balance", "expected": 5_000_000, "found": 5_000_007} in done.json[
        "differing"
    ]
    assert done.code == "ledger_differs"
    assert desk("verify", "--organization", "beta").status == 0


def test_without_an_operator_or_a_ledger_it_is_said_what_is_missing(desk: Desk) -> None:
    desk.file.write_text("version: 1\n")
    done = desk("balance")
    assert (done.status, "names no ledger" in done.err) == (4, True)
    desk.file.unlink()
    assert desk("balance").status == 4


def test_an_operator_who_names_no_organization_sees_all(desk: Desk, ledger: Ledger) -> None:
    ledger.grant("acme", 1_000_000, period="p")
    ledger.grant("gone-from-the-file", 2_000_000, period="p")
    names = [each["organization"] for each in desk("balance", "--json").json["organizations"]]
    assert names == ["acme", "beta", "gone-from-the-file"]
    assert desk("history").status == 7


def test_a_user_who_is_tenant_and_operator_sees_the_own_organization_first(desk: Desk, ledger: Ledger) -> None:
    desk.make_this_user_a_tenant("acme")
    ledger.grant("acme", 1_000_000, period="p")
    assert desk("balance", "--plain").out == "acme\t1\t0\t1\t1\n"
    assert desk("balance", "--organization", "beta", "--plain").out == "beta\t0\t0\t0\t0\n"
    assert desk("grant", "acme", "1", "--period", "q").status == 0
