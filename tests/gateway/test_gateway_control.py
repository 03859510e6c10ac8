"""The control plane and the operator's commands: who is lent what, for how long, and who is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orqo_vault import Surroundings
from orqo_vault.errors import AccessDeniedError
from orqo_vault.gateway import enrolling
from orqo_vault.settings.operator import load_operator
from orqo_vault.vault.caller import Caller
from orqo_vault.vault.ledger_access import LedgerAccess
from tests.gateway.conftest import Lend
from tests.gateway.harness import Gateway, exchange
from tests.ledger import raw

RUNS = "/orqo/v1/runs"
CHAT = "/openai/v1/chat/completions"
PLAIN: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}
ASKED: dict[str, Any] = {"name": "nightly", "credential": "openai", "provider": "openai", "models": [], "budget": None}


def test_a_run_is_lent_a_token_and_its_budget_is_reserved(gateway: Gateway, enrolments: dict[str, str]) -> None:
    before = gateway.ledger.balance("beta").held
    said = gateway.run(enrolments["beta"], "reserved", budget=2_500_000)
    assert said.keys() == {"token", "base_url", "expires_at", "heartbeat_seconds", "budget"}
    assert said["base_url"] == f"http://127.0.0.1:{gateway.port}/openai/v1"
    assert timedelta(0) < datetime.fromisoformat(said["expires_at"]) - datetime.now(UTC) <= timedelta(seconds=120)
    assert gateway.ledger.balance("beta").held - before == said["budget"] == 2_500_000
    assert exchange(gateway.port, "DELETE", f"{RUNS}/reserved", token=enrolments["beta"])[0] == 204
    assert gateway.ledger.balance("beta").held == before


def test_a_run_that_gave_its_token_back_has_none(lend: Lend, enrolments: dict[str, str]) -> None:
    run = lend()
    port = run.gateway.port
    assert exchange(port, "POST", CHAT, token=run.token, body=PLAIN)[0] == 200
    for _ in range(2):
        assert exchange(port, "DELETE", f"{RUNS}/{run.run}", token=enrolments["acme"])[0] == 204
    assert exchange(port, "POST", CHAT, token=run.token, body=PLAIN)[0] == 401
    again = exchange(port, "POST", RUNS, token=enrolments["acme"], body={**ASKED, "run": run.run})
    assert (again[0], again[1]["error"]["code"]) == (403, "run_ended")


def test_asked_again_because_the_answer_was_lost_it_gives_another_token(
    gateway: Gateway, enrolments: dict[str, str]
) -> None:
    first, second = (gateway.run(enrolments["acme"], "lost-answer", budget=1000) for _ in range(2))
    assert exchange(gateway.port, "POST", CHAT, token=first["token"], body={**PLAIN, "max_tokens": 9})[0] == 401
    assert exchange(gateway.port, "POST", CHAT, token=second["token"], body={**PLAIN, "max_tokens": 9})[0] == 200


def test_a_heartbeat_keeps_a_token_alive_and_without_one_it_expires(lend: Lend, enrolments: dict[str, str]) -> None:
    run = lend()
    port, address = run.gateway.port, run.gateway.ledger_address
    raw.run(address, f"UPDATE run_token SET expires_at = expires_at - 60000000 WHERE run = '{run.run}'")
    (before,) = raw.ask(address, f"SELECT expires_at FROM run_token WHERE run = '{run.run}'")
    beat = exchange(port, "POST", f"{RUNS}/{run.run}/heartbeat", token=enrolments["acme"], body={})
    assert beat[0] == 200
    (after,) = raw.ask(address, f"SELECT expires_at FROM run_token WHERE run = '{run.run}'")
    assert after[0] > before[0]
    raw.run(address, f"UPDATE run_token SET expires_at = 1 WHERE run = '{run.run}'")
    status, said = exchange(port, "POST", CHAT, token=run.token, body=PLAIN)
    assert (status, said["error"]["message"]) == (401, "this run token is expired")
    assert exchange(port, "POST", f"{RUNS}/{run.run}/heartbeat", token=enrolments["acme"], body={})[0] == 404


def test_no_heartbeat_makes_a_run_longer_than_the_longest(lend: Lend, enrolments: dict[str, str]) -> None:
    run = lend()
    address = run.gateway.ledger_address
    raw.run(address, f"UPDATE run_token SET ends_at = expires_at WHERE run = '{run.run}'")
    (before,) = raw.ask(address, f"SELECT expires_at FROM run_token WHERE run = '{run.run}'")
    assert (
        exchange(run.gateway.port, "POST", f"{RUNS}/{run.run}/heartbeat", token=enrolments["acme"], body={})[0] == 200
    )
    assert raw.ask(address, f"SELECT expires_at FROM run_token WHERE run = '{run.run}'") == [before]


def test_another_tenants_run_can_be_neither_kept_alive_nor_ended(lend: Lend, enrolments: dict[str, str]) -> None:
    run = lend()
    port = run.gateway.port
    assert exchange(port, "POST", f"{RUNS}/{run.run}/heartbeat", token=enrolments["beta"], body={})[0] == 404
    assert exchange(port, "DELETE", f"{RUNS}/{run.run}", token=enrolments["beta"])[0] == 204
    assert exchange(port, "POST", CHAT, token=run.token, body=PLAIN)[0] == 200


def test_the_same_id_of_another_tenants_run_is_another_run(gateway: Gateway, enrolments: dict[str, str]) -> None:
    tokens = {name: gateway.run(token, "same-id", budget=5000)["token"] for name, token in enrolments.items()}
    before = gateway.ledger.balance("beta").balance
    exchange(gateway.port, "POST", CHAT, token=tokens["acme"], body={**PLAIN, "max_tokens": 9})
    gateway.all_ended("acme", "same-id", 1)
    assert gateway.requests("beta", "same-id") == []
    assert gateway.ledger.balance("beta").balance == before
    assert exchange(gateway.port, "DELETE", f"{RUNS}/same-id", token=enrolments["acme"])[0] == 204
    assert exchange(gateway.port, "POST", CHAT, token=tokens["beta"], body={**PLAIN, "max_tokens": 9})[0] == 200


def test_a_tenant_sees_its_own_balance_and_usage(lend: Lend, enrolments: dict[str, str]) -> None:
    run = lend()
    exchange(run.gateway.port, "POST", CHAT, token=run.token, body=PLAIN)
    run.ended(1)
    status, said = exchange(run.gateway.port, "GET", "/orqo/v1/balance", token=enrolments["acme"])
    assert (status, said["organization"]) == (200, "acme")
    assert said["available"] == said["balance"] - said["held"]
    assert "openai:gpt-4o" in {line["heading"] for line in said["usage"]["models"]}


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"provider": "mistral"}, 403, "provider_not_allowed"),
        ({"budget": 10**12}, 402, "insufficient_credits"),
        ({"budget": 0}, 400, "invalid_body"),
        ({"budget": 1.5}, 400, "invalid_body"),
        ({"run": "my-app/prod"}, 400, "invalid_body"),
        ({"run": "../x"}, 400, "invalid_body"),
        ({"run": ""}, 400, "invalid_body"),
        ({"credential": "a/b"}, 400, "invalid_body"),
        ({"models": "gpt-4o"}, 400, "invalid_body"),
        ({"organization": "beta"}, 400, "invalid_body"),
    ],
)
def test_what_is_not_lent_is_said_by_a_code(
    gateway: Gateway, enrolments: dict[str, str], more: dict[str, Any], status: int, code: str
) -> None:
    said = exchange(gateway.port, "POST", RUNS, token=enrolments["acme"], body={**ASKED, "run": "refused", **more})
    assert (said[0], said[1]["error"]["code"]) == (status, code)
    if code == "insufficient_credits":
        assert said[1]["error"]["required"] == 10**12


def test_credits_that_other_runs_hold_are_another_error(gateway: Gateway, enrolments: dict[str, str]) -> None:
    gateway.ledger.grant("beta", 1, period="one more")
    available = gateway.ledger.balance("beta").available
    gateway.run(enrolments["beta"], "holds-all", budget=available)
    said = exchange(gateway.port, "POST", RUNS, token=enrolments["beta"], body={**ASKED, "run": "waits", "budget": 9})
    assert (said[0], said[1]["error"]["code"]) == (409, "held_by_in_flight")
    assert exchange(gateway.port, "DELETE", f"{RUNS}/holds-all", token=enrolments["beta"])[0] == 204


def test_an_enrolment_that_is_revoked_takes_its_run_tokens_with_it(gateway: Gateway) -> None:
    token = gateway.enrol("acme")
    run = gateway.run(token, "of-a-revoked-one")
    name = next(line.split()[0] for line in reversed(gateway.operate("enrolments").splitlines()) if "acme" in line)
    gateway.operate("revoke", name)
    assert exchange(gateway.port, "POST", CHAT, token=run["token"], body=PLAIN)[0] == 401
    assert exchange(gateway.port, "POST", RUNS, token=token, body={**ASKED, "run": "more"})[0] == 401
    assert token not in gateway.operate("enrolments", "--json")


def test_an_organization_that_the_operator_does_not_know_is_not_enrolled(gateway: Gateway) -> None:
    assert "no such organization" in gateway.operate("enrol", "acmee", status=4)


def audited(folder: Path) -> str:
    return f"audit: {{sinks: [{{type: file, path: {folder}, sync: false}}], fail_mode: closed}}\n"


def test_enrolments_are_recorded_before_they_are_made_or_revoked(
    new_gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    gateway = new_gateway(extra=audited(tmp_path / "audit.jsonl"))
    made = json.loads(gateway.operate("enrol", "acme", "--label", "ci", "--reason", "new host", "--json"))
    gateway.operate("enrolments")
    gateway.operate("revoke", made["id"], "--reason", "host is gone")
    text = (tmp_path / "audit.jsonl").read_text()
    found = [json.loads(line) for line in text.splitlines()]
    assert [(each["event"], each["organization"], each["target"], each["reason"]) for each in found] == [
        ("gateway-enrol", "acme", f"enrolment {made['id']} 'ci'", "new host"),
        ("gateway-revoke", "acme", f"enrolment {made['id']}", "host is gone"),
    ]
    assert made["token"] not in text


def test_an_enrolment_that_cannot_be_recorded_is_not_made(new_gateway: Callable[..., Gateway], tmp_path: Path) -> None:
    gateway = new_gateway(extra=audited(tmp_path))  # a folder stands where the log would be
    gateway.operate("enrol", "acme", status=1)
    assert json.loads(gateway.operate("enrolments", "--json"))["enrolments"] == []


def test_the_enrolment_of_an_organization_that_has_left_can_be_revoked(new_gateway: Callable[..., Gateway]) -> None:
    gateway = new_gateway()
    gateway.operator.write_text(gateway.operator.read_text().replace("beta: {}", "beta: {}, gamma: {}"))
    made = json.loads(gateway.operate("enrol", "gamma", "--json"))
    gateway.operator.write_text(gateway.operator.read_text().replace(", gamma: {}", ""))
    gateway.operate("revoke", made["id"])
    (kept,) = json.loads(gateway.operate("enrolments", "--json"))["enrolments"]
    assert kept["revoked"]


@pytest.mark.parametrize(
    "asks",
    [
        lambda access: enrolling.enrol(access, "acme", ""),
        lambda access: enrolling.enrol(access, "no-such", ""),
        enrolling.enrolments,
        lambda access: enrolling.revoke(access, "0" * 12),
    ],
)
def test_who_is_of_an_organization_neither_makes_nor_sees_nor_revokes_enrolments(
    new_gateway: Callable[..., Gateway], asks: Callable[[LedgerAccess], object]
) -> None:
    gateway = new_gateway()
    operator = load_operator(gateway.operator)
    assert operator is not None
    tenant = Caller(54321, "acme", is_operator=False)
    with pytest.raises(AccessDeniedError, match="user 54321 is of organization 'acme'"):
        asks(LedgerAccess(operator, gateway.ledger, tenant, Surroundings()))
    assert json.loads(gateway.operate("enrolments", "--json"))["enrolments"] == []


def test_what_the_operator_allows_bounds_what_is_lent(new_gateway: Callable[..., Gateway]) -> None:
    gateway = new_gateway()
    text = gateway.operator.read_text()
    gateway.operator.write_text(text.replace("path: openai}", "path: openai, models: [gpt-4o], runs: [nightly]}"))
    gateway.start()
    enrolment = gateway.enrol("acme")
    asked = {**ASKED, "run": "bounded"}
    for more, code in (({"models": ["o9"]}, "model_not_allowed"), ({"name": "adhoc"}, "run_not_allowed")):
        said = exchange(gateway.port, "POST", RUNS, token=enrolment, body={**asked, **more})
        assert (said[0], said[1]["error"]["code"]) == (403, code)
    token = gateway.run(enrolment, "bounded")["token"]
    said = exchange(gateway.port, "POST", CHAT, token=token, body={**PLAIN, "model": "gpt-4o-do-slow"})
    assert (said[0], said[1]["error"]["code"]) == (403, "model_not_allowed")


def test_production_refuses_what_is_for_development(gateway: Gateway) -> None:
    said = gateway.operate("serve", "--production", "--listen", "127.0.0.1:0", status=4)
    assert "this is no gateway for production" in said
    assert "upstream is not https" in said


def test_others_are_not_served_without_tls(gateway: Gateway) -> None:
    assert "in the clear" in gateway.operate("serve", "--listen", "0.0.0.0:0", status=4)
