"""``plan``: everything a run would do, in names; the same bytes for the same state, whoever asks and how often."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.cli.main import main

SETTINGS = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: .store}
  corp: {type: hashicorp-vault, address: "https://vault.test:8200", auth: {method: approle, role_id: r}}
  cloud: {type: aws-secrets-manager, region: eu-west-1}
  bent: {type: hashicorp-vault, address: "${NOT_SET_ANYWHERE}"}
credentials:
  mail: {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: h}}
  twin: {name: Twin, key: TWIN, category: custom, type: api_token, path: mail}
  crm: {name: CRM, key: CRM, category: custom, type: custom, fields: [z, a, m], backend: corp}
  old: {name: Old, key: OLD, category: custom, type: api_token, backend: corp, at: {path: crm, version: 1}}
  odd: {name: Odd, key: ODD, category: custom, type: api_token, backend: bent}
  c1: {name: C1, key: C1, category: custom, type: api_token, backend: cloud}
  c2: {name: C2, key: C2, category: custom, type: api_token, backend: cloud, optional: true}
  ai: {name: AI, key: AI_KEY, category: llm_provider, type: api_token, provider: acme, mode: platform}
runs:
  default: {credentials: [mail, twin, crm, old, c1, c2, odd]}
  paid: {credentials: [ai], budget: 2.50}
  strict: {credentials: [c1], on_conflict: error}
  keeping: {credentials: [c1], on_conflict: keep}
  few: {credentials: [c1], inherit: [PATH, "LC_*"]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orqo-vault.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    import json

    def show(*words: str) -> Any:
        assert main(["plan", "--json", *words]) == 0
        return json.loads(capsys.readouterr().out)

    return show


@pytest.mark.parametrize("words", [(), ("--json",), ("--json", "--clean-env", "--run", "few"), ("--run", "paid")])
def test_two_plans_of_one_state_are_byte_equal_in_every_process(folder: Path, words: tuple[str, ...]) -> None:
    """Sets and mappings come in another order for another hash seed; the second time the settings are compiled."""
    backwards = dict(reversed(list(os.environ.items())))
    plans = {
        subprocess.run(
            [sys.executable, "-m", "orqo_vault", "plan", *words],
            env={**environ, "PYTHONHASHSEED": seed, "VAULT_TOKEN": "t", "AWS_PROFILE": "p", "SMTP_HOST": "x"},
            capture_output=True,
            check=True,
        ).stdout
        for seed, environ in (("0", os.environ), ("1", backwards), ("4242", os.environ))
    }
    assert len(plans) == 1


def test_nothing_that_is_inherited_or_stored_is_in_a_plan(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("VAULT_TOKEN", "SMTP_HOST", "OTHER", "AWS_PROFILE"):
        monkeypatch.setenv(name, "sesame-7731")
    for words in (["plan"], ["plan", "--json"], ["plan", "--json", "--clean-env"]):
        assert main(words) == 0
        assert "sesame-7731" not in capsys.readouterr().out


def test_a_place_that_two_credentials_share_is_counted_once_and_two_versions_of_it_twice(plan: Any) -> None:
    calls = plan()["calls"]
    assert calls["local"] == {"places": 1, "requests": None}
    assert calls["corp"] == {"places": 2, "requests": {"login": 1, "reads": 2, "closing": 1}}
    assert calls["cloud"] == {"places": 2, "requests": {"login": 0, "reads": 1, "closing": 0}}


def test_a_backend_that_cannot_be_set_up_here_is_planned_without_its_requests(plan: Any) -> None:
    assert plan()["calls"]["bent"] == {"places": 1, "requests": None}


def test_what_is_reserved_is_said_where_a_platform_key_is_used_and_nowhere_else(plan: Any) -> None:
    assert plan("--run", "paid")["credits"] == {"reserve": "2.50", "credentials": ["ai"]}
    assert plan("--only", "ai")["credits"] == {"reserve": None, "credentials": ["ai"]}
    assert plan()["credits"] is None


def test_people_read_a_dash_where_nothing_is_reserved(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan"])
    assert capsys.readouterr().out.endswith("credits to reserve:\n  -\n")
    main(["plan", "--run", "paid"])
    assert capsys.readouterr().out.endswith("credits to reserve:\n  2.50 (ai)\n")


@pytest.mark.parametrize(
    ("run", "overrides", "keeps", "stops"),
    [("default", ["C1"], [], []), ("keeping", [], ["C1"], []), ("strict", [], [], ["environment_conflict"])],
)
def test_what_happens_to_a_variable_that_is_there_already_is_said(
    plan: Any,
    monkeypatch: pytest.MonkeyPatch,
    run: str,
    overrides: list[str],
    keeps: list[str],
    stops: list[str],
) -> None:
    monkeypatch.setenv("C1", "here already")
    planned = plan("--run", run)
    assert (planned["overrides"], planned["keeps"]) == (overrides, keeps)
    assert [each["code"] for each in planned["stops"]] == stops


def test_what_a_run_does_not_inherit_is_named(plan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EXTRA", "LC_ALL", "VAULT_TOKEN"):
        monkeypatch.setenv(name, "x")
    planned = plan("--run", "few")
    assert planned["inherit"] == ["PATH", "LC_*"]
    assert "EXTRA" in planned["left_out"]
    assert "LC_ALL" not in planned["left_out"]
    assert planned["removed"] == ["VAULT_TOKEN"]
    assert "VAULT_TOKEN" not in planned["left_out"]
    clean = plan("--clean-env")
    assert "PATH" in clean["inherit"]
    assert "EXTRA" in clean["left_out"]


def test_a_backend_nobody_can_ask_is_said_before_a_run_fails_on_it(plan: Any, folder: Path) -> None:
    (folder / "orqo-vault.yaml").write_text(SETTINGS.replace("bent: {type: hashicorp-vault", "bent: {type: elsewhere"))
    (stop,) = plan("--only", "c1")["stops"]
    assert (stop["code"], "'bent'" in stop["message"]) == ("plugin", True)
    assert plan("--only", "c1", "--clean-env")["stops"] == []


def test_an_inherited_variable_of_a_credential_outside_of_the_run_is_pointed_out(
    plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was started by another run has that one's secrets in its environment."""
    for name in ("OLD", "AI_KEY", "C1", "UNRELATED"):
        monkeypatch.setenv(name, "x")
    assert plan("--run", "strict")["passed_on"] == ["AI_KEY", "OLD"]
    assert plan("--run", "few")["passed_on"] == []
