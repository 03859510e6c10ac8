"""``explain``: for every variable why it is set or not, with the line that says so, and never a value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.cli.main import main

BASE = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: .store}
  corp: {type: hashicorp-vault, address: "https://vault.test:8200"}
credentials:
  mail:
    name: Mail
    key: SMTP
    category: communication
    type: email_smtp
    values: {host: smtp.test}
    env: {username: [MAIL_USER, MAILER], security: null}
  crm: {name: CRM, key: CRM, category: custom, type: api_token, backend: corp, path: team/crm, optional: true}
  off: {name: Off, key: OFF, category: custom, type: api_token, enabled: false}
  old: {name: Old, key: OLD, category: custom, type: api_token, expires_at: "2020-01-01T00:00:00Z"}
  lib: {name: Lib, key: LD_AUDIT, category: custom, type: api_token}
  ai: {name: AI, key: AI_KEY, category: llm_provider, type: api_token, provider: acme, mode: platform}
  twin: {name: Twin, key: MAILER, category: custom, type: api_token}
llm:
  default: {model: "acme:one", credential: ai}
runs:
  default: {credentials: [mail], llm: [default]}
  open: {credentials: [lib, crm], allow_variables: [LD_AUDIT]}
  tight: {credentials: [crm, lib], inherit: [PATH]}
  keep: {credentials: [crm], on_conflict: keep}
  error: {credentials: [crm], on_conflict: error}
  broken: {credentials: [off, old]}
  late: {credentials: [old]}
"""
LOCAL = "credentials:\n  mail: {key: POST}\n"
SECRET = "sesame-5519"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orqo-vault.yaml").write_text(BASE)
    (tmp_path / "orqo-vault.local.yaml").write_text(LOCAL)
    (tmp_path / ".store").write_text("nothing may open this")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Explained:
    """What ``explain`` says, for people and for programs."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def text(self, name: str) -> str:
        assert main(["explain", name]) == 0
        return self._capsys.readouterr().out.replace(f"{self._folder}/", "")

    def json(self, name: str) -> Any:
        assert main(["explain", name, "--json"]) == 0
        return json.loads(self._capsys.readouterr().out.replace(f"{self._folder}/", ""))

    def run(self, name: str, run: str) -> Any:
        return next((each for each in self.json(name)["outcomes"] if each["run"] == run), None)


@pytest.fixture
def explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> Explained:
    return Explained(folder, capsys)


WHY_IT_IS_SET = [
    # variable, credential.field, named by, named at, value from, value at
    ("POST_HOST", "mail.host", "key POST and what", "orqo-vault.local.yaml:2:15", "values:", "orqo-vault.yaml:12:20"),
    (
        "POST",
        "mail.password",
        "key",
        "orqo-vault.local.yaml:2:15",
        "backend local (encrypted-file), path mail",
        ":2:18",
    ),
    ("POST_PORT", "mail.port", "key POST and what", "local.yaml:2:15", "else the type's default '587'", ":2:18"),
    ("MAIL_USER", "mail.username", "env: username", "orqo-vault.yaml:13:11", "field username", ":2:18"),
    ("CRM", "crm.token", "key", "orqo-vault.yaml:14:25", "corp (hashicorp-vault), path team/crm", "yaml:14:86"),
    ("AI_KEY", "ai.token", "key", "orqo-vault.yaml:18:23", "Platform key", "orqo-vault.yaml:18:94"),
]


@pytest.mark.parametrize(("name", "field", "named_by", "named_at", "value", "value_at"), WHY_IT_IS_SET)
def test_why_a_variable_is_what_it_is(
    explained: Explained, name: str, field: str, named_by: str, named_at: str, value: str, value_at: str
) -> None:
    (source,) = explained.json(name)["sources"]
    assert f"{source['credential']}.{source['field']}" == field
    assert source["named_by"].startswith(named_by)
    assert source["named_at"][0].endswith(named_at)
    assert value in source["value_from"]
    assert source["value_at"][0].endswith(value_at)
    text = explained.text(name)
    assert field in text
    assert value in text


def test_the_layer_that_counts_stands_before_the_one_it_replaces(explained: Explained) -> None:
    (source,) = explained.json("POST")["sources"]
    assert source["named_at"] == ["orqo-vault.local.yaml:2:15", "orqo-vault.yaml:9:10"]
    assert "[orqo-vault.local.yaml:2:15, over orqo-vault.yaml:9:10]" in explained.text("POST")


WHY_A_RUN = [
    ("POST_HOST", "default", "sets", None, "orqo-vault.yaml:23:27"),
    ("POST", "default", "sets if present", "password is optional", "orqo-vault.yaml:23:27"),
    ("POST", "keep", "leaves as it is", "no credential of this run sets it", None),
    ("AI_KEY", "default", "sets if present", "token is optional", "orqo-vault.yaml:23:40"),
    ("CRM", "open", "sets if present", "credential crm is optional", "orqo-vault.yaml:24:29"),
    ("LD_AUDIT", "open", "sets", None, "orqo-vault.yaml:24:24"),
    ("LD_AUDIT", "tight", "stops", "would set 'LD_AUDIT', which changes how programs are loaded", None),
    ("OFF", "broken", "stops", "credential 'off' is disabled", None),
    ("OLD", "late", "stops", "credential 'old' expired at 2020", None),
]


@pytest.mark.parametrize(("name", "run", "result", "reason", "place"), WHY_A_RUN)
def test_why_a_run_sets_it_or_does_not(
    explained: Explained, name: str, run: str, result: str, reason: str | None, place: str | None
) -> None:
    outcome = explained.run(name, run)
    assert (outcome["result"], outcome["selected_at"]) == (result, place)
    assert reason is None or reason in outcome["reason"]


WHAT_HAPPENS_TO_THE_INHERITED_ONE = [
    ("CRM", "open", "sets if present", "overridden"),
    ("CRM", "keep", "leaves as it is", "kept as it is"),
    ("CRM", "error", "stops", "inherited"),
    ("POST", "tight", "stops", "left out: inherit"),
    ("VAULT_TOKEN", "keep", "leaves as it is", "taken away: it opens a backend"),
    ("PATH", "keep", "leaves as it is", "inherited"),
]


@pytest.mark.parametrize(("name", "run", "result", "inherited"), WHAT_HAPPENS_TO_THE_INHERITED_ONE)
def test_what_happens_to_an_inherited_value(
    explained: Explained, monkeypatch: pytest.MonkeyPatch, name: str, run: str, result: str, inherited: str
) -> None:
    monkeypatch.setenv(name, SECRET)
    outcome = explained.run(name, run)
    assert (outcome["result"], outcome["inherited"]) == (result, inherited)
    assert SECRET not in explained.text(name)


WHY_IT_IS_NOT_SET = [
    ("BASH_ENV", "changes how shells start", "allow_variables: [BASH_ENV]"),
    ("ORQO_VAULT_KEY", "reserved for orqo-vault itself", "it is for backend local"),
    ("VAULT_TOKEN", "no child inherits it: it is for backend corp", ""),
    ("POST_SECURITY", "mail.security would set it, and is not handed over: env: {security: null}", ":13:52"),
    ("POST_USERNAME", "mail.username would set it, and is MAIL_USER: env: username", "orqo-vault.yaml:13:11"),
    ("MAIL_USR", "no credential is declared that sets it", "did you mean MAIL_USER?"),
    ("lower-case", "is not a variable name", ""),
]


@pytest.mark.parametrize(("name", "reason", "more"), WHY_IT_IS_NOT_SET)
def test_why_a_variable_is_not_set(explained: Explained, name: str, reason: str, more: str) -> None:
    told = explained.json(name)
    assert told["sources"] == []
    said = " ".join(told["reasons"])
    assert reason in said
    assert more in said
    assert reason in explained.text(name)


def test_a_variable_of_two_credentials_that_no_run_has_together_has_two_sources(explained: Explained) -> None:
    assert [each["credential"] for each in explained.json("MAILER")["sources"]] == ["mail", "twin"]


def test_a_variable_no_run_sets_says_how_to_get_it(explained: Explained, folder: Path) -> None:
    (folder / "orqo-vault.yaml").write_text(BASE.partition("runs:")[0].replace("LD_AUDIT", "LIB"))
    assert "none selects it: orqo-vault run --only crm" in explained.text("CRM")


def test_a_credential_is_explained_with_every_place_and_use(explained: Explained) -> None:
    told = explained.json("mail")
    assert told["declared"]["key"] == ["orqo-vault.local.yaml:2:15", "orqo-vault.yaml:9:10"]
    assert told["declared"]["type"] == ["orqo-vault.yaml:11:11"]
    assert told["uses"] == [{"by": "run default", "at": "orqo-vault.yaml:23:27"}]
    by_variable = {each["variable"]: each["field"] for each in told["sources"]}
    assert by_variable["MAILER"] == "username"
    assert by_variable[None] == "security"
    assert "run default" in explained.text("mail")
    assert [each["by"] for each in explained.json("ai")["uses"]] == ["llm default", "run default"]


@pytest.mark.parametrize(("name", "reason"), [("off", "it is disabled (orqo-vault.yaml:15:"), ("old", "it expired at")])
def test_a_credential_that_no_run_can_use_says_why(explained: Explained, name: str, reason: str) -> None:
    assert explained.json(name)["obstacles"][0].startswith(reason)
    assert reason in explained.text(name)


def test_a_credential_nobody_uses_says_so(explained: Explained) -> None:
    assert "no run and no llm config" in explained.text("twin")


def test_a_primary_secret_that_is_kept_out_is_not_laid_at_another_fields_door(
    explained: Explained, folder: Path
) -> None:
    env = "env: {security: null, primary: null, password: null}"
    (folder / "orqo-vault.yaml").write_text(BASE.replace("env: {username: [MAIL_USER, MAILER], security: null}", env))
    (reason,) = explained.json("POST_PASSWORD")["reasons"]
    assert "env: {primary: null} keeps it out of the run" in reason or "env: {password: null}" in reason
