"""``direct``: the operator's own key in the environment of named runs, against a hold, masked, and nowhere else."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from orqo_vault.chore import Outcome
from orqo_vault.credits import Tokens, micro_credits
from orqo_vault.errors import (
    AuditError,
    HeldByRunsInFlightError,
    InsufficientCreditsError,
    LedgerUnavailableError,
    MissingSecretsError,
    PlatformKeyRefusedError,
)
from orqo_vault.vault.reporting import Usage
from tests.platform_keys.conftest import KEY

if TYPE_CHECKING:
    from tests.platform_keys.conftest import Stage


def test_a_run_finds_the_platforms_key_where_its_own_would_be(direct: Stage) -> None:
    done = direct.types("run", "--", sys.executable, "-c", f"import os; print(os.environ['OPENAI_API_KEY'] == '{KEY}')")
    assert (done.status, done.out) == (0, "True\n")
    assert "development only" in done.err


def test_its_output_is_masked_whatever_the_caller_says(direct: Stage) -> None:
    done = direct.types("run", "--mask", "never", "--", "printenv", "OPENAI_API_KEY")
    assert done.status == 0
    assert KEY not in done.out + done.err
    assert "1 place masked" in done.err


def test_it_is_masked_on_a_terminal_too(direct: Stage) -> None:
    words = direct.words("run", "--", "printenv", "OPENAI_API_KEY")
    child = pexpect.spawn(words[0], words[1:], cwd=str(direct.project), timeout=30, env=dict(os.environ))
    said = child.read()
    child.close()
    assert child.exitstatus == 0
    assert KEY.encode() not in said
    assert b"1 place masked" in said


def test_the_key_is_in_no_file_and_in_no_output_of_any_command(direct: Stage, tmp_path: Path, home: Path) -> None:
    said = [
        direct.types(*words)
        for words in (
            ["run", "--manifest", "manifest.json", "--", "sh", "-c", "echo $OPENAI_API_KEY >&2"],
            ["plan", "--json"],
            ["plan"],
            ["list", "--json"],
            ["show", "openai"],
            ["explain", "OPENAI_API_KEY"],
            ["check"],
            ["llm", "show", "default", "--json"],
            ["-v", "run", "--json", "--", "no-such-program"],
        )
    ]
    assert all(KEY not in each.out + each.err for each in said)
    files = [each for folder in (tmp_path, home) for each in folder.rglob("*") if each.is_file()]
    assert [each for each in files if KEY.encode() in each.read_bytes()] == []
    assert any(each.name == "manifest.json" for each in files)


def test_what_opens_the_operators_backend_is_not_inherited(stage: Stage) -> None:
    stage.stores_the_key()
    stage.operates()
    stage.grants("10")
    done = stage.types("run", "--", "env", env={"ORQO_VAULT_STORE_KEY": "x", "HARMLESS": "yes"})
    assert "HARMLESS=yes" in done.out
    assert "ORQO_VAULT" not in done.out


def test_the_budget_is_held_while_it_runs_and_charged_when_nothing_is_reported(direct: Stage) -> None:
    with direct.vault() as vault, vault.prepare() as run:
        assert direct.balance().held == micro_credits("1")
        assert run.environment["OPENAI_API_KEY"] == KEY
    with direct.ledger() as ledger:
        (hold,) = ledger.holds("acme")
    assert (hold.state, hold.at_expiry, hold.amount) == ("live", "settle", micro_credits("1"))
    assert hold.id == f"openai/{run.id}"


def test_reported_usage_is_charged_once_and_the_rest_released(direct: Stage) -> None:
    used = Usage(credential="openai", model="openai:gpt-4o", tokens=Tokens(input=1000, output=100), reference="r-1")
    with direct.vault() as vault, vault.prepare() as run:
        vault.settle(run, [used])
        vault.settle(run, [used])
    balance = direct.balance()
    assert (balance.held, balance.balance) == (0, micro_credits("10") - 3500)
    with direct.ledger() as ledger:
        (request,) = ledger.requests("acme", run=run.id)
    assert (request.metered, request.charged, request.model) == ("reported", 3500, "gpt-4o")


def test_usage_can_be_reported_after_the_run_by_its_id(direct: Stage) -> None:
    with direct.vault() as vault:
        with vault.prepare() as run:
            pass
        tokens = Tokens(input=1000, output=100)
        vault.settle(run.id, [Usage(credential="openai", model="openai:gpt-4o", tokens=tokens, reference="late")])
    balance = direct.balance()
    assert (balance.held, balance.balance) == (0, micro_credits("10") - 3500)


def test_usage_of_an_own_key_is_recorded_and_costs_nothing(direct: Stage) -> None:
    with direct.vault() as vault:
        vault.put("own", {"token": "mine-0123456789"})
        with vault.prepare(run="own") as run:
            tokens = Tokens(input=5, output=7)
            vault.settle(run, [Usage(credential="own", model="acme:small", tokens=tokens, reference="own-1")])
    with direct.ledger() as ledger:
        (request,) = ledger.requests("acme", run=run.id)
        assert ledger.balance("acme").balance == micro_credits("10")
    assert (request.mode, request.charged, request.tokens) == ("own", 0, tokens)


def test_what_is_settled_is_recorded_before_and_what_cannot_be_is_not_charged(direct: Stage) -> None:
    log = direct.office / "audit.jsonl"
    direct.operates(audit={"sinks": [{"type": "file", "path": str(log), "sync": False}], "fail_mode": "closed"})
    tokens = Tokens(input=1000, output=100)
    used = Usage(credential="openai", model="openai:gpt-4o", tokens=tokens, reference="r-1")
    with direct.vault(actor="workflow 7") as vault, vault.prepare() as run:
        vault.settle(run, [used])
        record = json.loads(log.read_text().splitlines()[-1])
        log.rename(direct.office / "elsewhere.jsonl")
        log.mkdir()
        with direct.vault() as later, pytest.raises(AuditError):
            later.settle(run, [replace(used, reference="r-2")])
        log.rmdir()
    assert (record["event"], record["outcome"], record["organization"], record["run_id"]) == (
        "settle", "granted", "acme", run.id,
    )  # fmt: skip
    assert record["target"] == f"request 'r-1' of run '{run.id}': 0.0035 credits"
    assert [(each["id"], each["fields"]) for each in record["credentials"]] == [("openai", [])]
    assert record["actor"]["name"] == "workflow 7"
    with direct.ledger() as ledger:
        assert [each.reference for each in ledger.requests("acme", run=run.id)] == ["r-1"]


def test_a_command_that_cannot_be_started_costs_nothing(direct: Stage) -> None:
    assert direct.types("run", "--", "no-such-program").status == 127
    assert (direct.balance().held, direct.balance().balance) == (0, micro_credits("10"))


def test_a_secret_that_is_missing_releases_what_was_reserved(direct: Stage) -> None:
    with direct.vault() as vault, pytest.raises(MissingSecretsError, match=r"own\.token"):
        vault.prepare(run="nightly")
    assert direct.balance().held == 0


def test_an_operators_key_that_is_not_stored_releases_what_was_reserved(stage: Stage) -> None:
    stage.operates()
    stage.grants("10")
    with stage.vault() as vault, pytest.raises(MissingSecretsError, match="the operator has stored no key"):
        vault.prepare()
    assert stage.balance().held == 0


@pytest.mark.parametrize(
    ("operator", "run", "said"),
    [
        ({"provider": {"type": "direct", "backend": "keys", "path": "openai", "runs": ["other"]}}, "default", "named"),
        ({"provider": {"type": "direct", "backend": "keys", "path": "openai"}}, "default", "runs that the operator"),
        ({"uids": [4_000_000]}, "default", "counts this OS user to no organization"),
        ({"production": True}, "default", "production: true"),
        ({}, "unlimited", "against a budget"),
        (
            {
                "provider": {
                    "type": "direct",
                    "backend": "keys",
                    "path": "openai",
                    "runs": ["default"],
                    "models": ["gpt-4o-mini"],
                }
            },
            "default",
            "is not for gpt-4o",
        ),
    ],
    ids=["another run", "no run named", "another user", "production", "no budget", "another model"],
)
def test_it_is_refused_with_nothing_held(direct: Stage, operator: dict[str, Any], run: str, said: str) -> None:
    direct.operates(**operator)
    with direct.vault() as vault, pytest.raises(PlatformKeyRefusedError) as caught:
        vault.prepare(run=run)
    assert said in f"{caught.value} {caught.value.hint}"
    assert direct.balance().held == 0


def test_credentials_that_are_named_one_by_one_are_no_named_run(direct: Stage) -> None:
    done = direct.types("run", "--only", "openai", "--json", "--", "true")
    assert done.status == 125
    assert done.error["code"] == "platform_key_refused"


def test_the_label_in_a_project_file_buys_nothing(direct: Stage) -> None:
    direct.operates(uids=[4_000_000])
    file = direct.project / "orqo-vault.yaml"
    file.write_text(file.read_text() + "organization: acme\n")
    with direct.vault() as vault, pytest.raises(PlatformKeyRefusedError, match="no organization"):
        vault.prepare()


def test_too_few_credits_and_credits_that_others_hold_are_two_errors(direct: Stage) -> None:
    settings = direct.project / "orqo-vault.yaml"
    settings.write_text(PROJECT_WITH_BUDGET.format(6))
    with direct.vault() as vault, vault.prepare():
        with direct.vault() as another, pytest.raises(HeldByRunsInFlightError) as held:
            another.prepare()
        assert held.value.retry_after > 0
    settings.write_text(PROJECT_WITH_BUDGET.format(11))
    with direct.vault() as vault, pytest.raises(InsufficientCreditsError) as short:
        vault.prepare()
    assert short.value.required == micro_credits("11")
    assert str(short.value) != str(held.value)


def test_without_the_ledger_platform_runs_are_refused_and_own_ones_do_not_notice(direct: Stage) -> None:
    with direct.vault() as vault:
        vault.put("own", {"token": "mine-0123456789"})
    direct.database.unlink()
    done = direct.types("run", "--json", "--", "true")
    assert (done.status, done.error["code"]) == (125, LedgerUnavailableError.code)
    assert direct.types("run", "--run", "own", "--", "printenv", "OWN_KEY").status == 0


def test_the_hold_outlives_its_hour_as_long_as_the_run_goes_on(direct: Stage) -> None:
    with direct.vault() as vault, vault.prepare(keep_alive=False) as run:
        (chore,) = run.chores(lambda line: None)
        with direct.ledger() as ledger:
            before = ledger.holds("acme")[0].expires_at
            assert chore.do() is Outcome.GO_ON
            assert ledger.holds("acme")[0].expires_at > before


def test_a_run_whose_hold_has_ended_is_terminated_whatever_it_would_rather_have(direct: Stage) -> None:
    said: list[str] = []
    with direct.vault() as vault, vault.prepare(keep_alive=False) as run:
        (chore,) = run.chores(said.append)
        with direct.ledger() as ledger:
            ledger.release("acme", f"openai/{run.id}")
        assert chore.do() is Outcome.TERMINATE
        assert chore.due() == float("inf")
    assert "no credits are held" in said[0]


def test_the_record_says_which_field_the_run_got_and_in_which_mode(direct: Stage) -> None:
    with direct.vault() as vault, vault.prepare() as run:
        pass
    (use,) = run.uses
    assert (use.credential, use.mode, use.fields, use.backend) == ("openai", "platform", ("token",), None)


PROJECT_WITH_BUDGET = """\
credentials:
  openai:
    {{name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai, mode: platform}}
runs:
  default: {{credentials: [openai], budget: {}}}
"""
