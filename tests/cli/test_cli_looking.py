"""``list``, ``show``, ``plan``, ``check``, ``backend``, ``llm``, ``config``: what is shown, and that no value is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


def test_list_shows_every_credential_masked(filled: Cli) -> None:
    heading, *rows = filled("list").text.splitlines()
    assert heading.split() == ["ID", "NAME", "KEY", "CATEGORY", "TYPE", "VALUE", "STATUS", "BACKEND", "USED", "BY"]
    assert [row.split()[0] for row in rows] == ["openai", "mail", "login", "pair", "shared", "hosted", "deploy"]
    assert rows[0].split("  ")[-1] == "llm default, run nightly"
    assert "********" in rows[0]
    assert "Platform key" in rows[5]


def test_a_list_in_a_pipe_can_be_tab_separated(cli: Cli) -> None:
    rows = [line.split("\t") for line in cli("list", "--plain").text.splitlines()]
    assert {len(row) for row in rows} == {9}
    assert rows[0] == [
        "openai", "OpenAI key", "OPENAI_API_KEY", "llm_provider", "api_token", "********", "untested", "local",
        "llm default, run nightly",
    ]  # fmt: skip


def test_list_in_json_has_a_version(cli: Cli) -> None:
    shown = cli("ls", "--json").json
    assert shown["schema_version"] == 1
    assert shown["credentials"][5] == {
        "id": "hosted",
        "name": "Hosted",
        "key": "HOSTED_KEY",
        "category": "llm_provider",
        "type": "api_token",
        "mode": "platform",
        "value": "Platform key",
        "backend": None,
        "enabled": True,
        "used_by": [],
        "status": None,
        "tested_at": None,
    }


@pytest.mark.parametrize("words", [("list",), ("show", "openai"), ("plan", "--only", "openai"), ("backend", "list")])
def test_looking_opens_no_backend(cli: Cli, project: Path, home: Path, words: tuple[str, ...]) -> None:
    """A store that cannot be opened at all (its folder is a file) is not even noticed."""
    (project / ".orqo-vault").write_text("no store")
    assert cli(*words).status == 0
    assert not (home / "config").exists()


def test_a_list_of_nothing_says_what_to_do(cli: Cli, settings: Path) -> None:
    settings.write_text("version: 1\n")
    done = cli("list")
    assert (done.status, done.out) == (0, b"")
    assert "orqo-vault add" in done.err
    assert cli("list", "--json").json["credentials"] == []


def test_names_cannot_control_the_terminal(cli: Cli, settings: Path) -> None:
    settings.write_text(settings.read_text().replace('model: "openai:gpt-4o"', 'model: "x\\u202ey"'))
    done = cli("llm", "list")
    assert "\u202e" not in done.text
    assert "x\\u202ey" in done.text


def test_show_tells_the_fields_and_their_variables(cli: Cli) -> None:
    done = cli("show", "mail")
    assert "SMTP, SMTP_PASSWORD" in done.text
    assert "settings: smtp.acme.example" in done.text
    assert "run default" in done.text


def test_show_in_json_masks_what_is_stored(filled: Cli) -> None:
    shown = filled("show", "mail", "--json").json
    fields = {each["name"]: each for each in shown["fields"]}
    assert fields["host"]["value"] == "smtp.acme.example"
    assert fields["password"]["value"] == "********"
    assert fields["password"]["variables"] == ["SMTP", "SMTP_PASSWORD"]
    assert shown["referenced"] is False


@pytest.mark.parametrize("words", [("show",), ("get",), ("set",), ("edit",), ("delete",)])
def test_a_mistyped_id_is_answered_with_the_nearest_one(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli(*words, "opnai", *(["--optional"] if words == ("edit",) else []))
    assert done.status == 3
    assert "did you mean 'openai'?" in done.err


def test_plan_says_what_a_run_would_do_in_names(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_HOST", "inherited")
    monkeypatch.setenv("ORQO_VAULT_KEY", "the-key")
    planned = cli("plan", "--json").json
    assert planned["run"] == "default"
    assert [each["name"] for each in planned["sets"]] == ["SMTP_HOST", "SMTP_PORT", "OPENAI_API_KEY"]
    assert "SMTP_PASSWORD" in [each["name"] for each in planned["sets_if_present"]]
    assert planned["overrides"] == ["SMTP_HOST"]
    assert planned["removed"] == ["ORQO_VAULT_KEY"]
    assert planned["reads"] == {"local": ["mail", "openai"]}
    text = cli("plan").text
    assert "SMTP_HOST from mail.host" in text
    assert "inherited" not in text.replace("never inherited", "")
    assert "the-key" not in text


def test_a_plan_of_one_state_is_one_text(filled: Cli) -> None:
    first = filled("plan", "--only", "mail,openai", "--json").out
    filled("set", "openai", stdin=b"sk-2")
    assert filled("plan", "--only", "mail", "--only", "openai", "--json").out == first


def test_plan_refuses_what_would_stop_the_run_before_it_reads(cli: Cli, settings: Path) -> None:
    settings.write_text(settings.read_text().replace("key: PAIR", "key: SMTP, env: {left: SMTP_HOST}"))
    done = cli("plan", "--only", "mail,pair")
    assert done.status == 3
    assert "SMTP_HOST would be set by" in done.err


def test_check_finds_everything_that_is_missing(cli: Cli) -> None:
    done = cli("check")
    assert done.status == 3
    assert "openai.token" in done.text
    assert cli("check", "--only", "login").status == 3


def test_check_of_a_run_that_could_start_is_ok(filled: Cli) -> None:
    done = filled("check")
    assert (done.status, done.text) == (0, "ok: mail, openai\n")
    assert filled("check", "--json").json == {
        "schema_version": 1,
        "ok": True,
        "checked": ["mail", "openai"],
        "problems": [],
        "notes": [],
    }


def test_check_of_all_names_every_problem_and_has_the_gravest_status(filled: Cli, project: Path) -> None:
    (stored,) = (project / ".orqo-vault" / "c").glob("c-openai*")
    lines = stored.read_text().splitlines()
    sealed = lines[1]
    stored.write_text("\n".join([lines[0], ("B" if sealed[40] == "A" else "A").join([sealed[:40], sealed[41:]]), ""]))
    report = filled("check", "--all", "--json")
    assert report.status == 8
    codes = {problem["code"] for problem in report.json["problems"]}
    assert codes & {"tampered", "corrupt"}


@pytest.mark.parametrize("words", [("check", "--all", "--only", "x"), ("check", "--all", "--run", "x")])
def test_check_of_all_takes_no_selection(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli(*words).status == 2


def test_backends_are_listed_with_what_they_keep(cli: Cli) -> None:
    shown = cli("backend", "list", "--json").json["backends"]
    assert shown == [
        {"name": "local", "type": "encrypted-file", "default": True, "read_only": False, "credentials": 6},
        {"name": "frozen", "type": "encrypted-file", "default": False, "read_only": True, "credentials": 0},
    ]


def test_a_backend_that_works_is_ok(filled: Cli) -> None:
    done = filled("backend", "check", "local")
    assert done.status == 0
    assert done.text.endswith("ok: local\n")
    assert "nothing is stored at login" in done.text


def test_a_backend_whose_key_is_gone_is_a_problem_with_its_status(filled: Cli, home: Path) -> None:
    for key in (home / "config" / "orqo-vault" / "keys").iterdir():
        key.unlink()
    done = filled("backend", "check", "--json")
    assert done.status == 5
    assert done.json["problems"][0]["code"] == "store_locked"


def test_an_unknown_backend_is_answered_with_the_nearest_one(cli: Cli) -> None:
    done = cli("backend", "check", "lokal")
    assert done.status == 3
    assert "did you mean 'local'?" in done.err


def test_llm_configs_are_shown_with_the_variables_of_their_credential(cli: Cli) -> None:
    assert cli("llm", "list", "--json").json["llm"] == [
        {
            "name": "default",
            "model": "openai:gpt-4o",
            "credential": "openai",
            "mode": "own",
            "value": "********",
            "used_by": ["run default"],
        }
    ]
    shown = cli("llm", "show", "default", "--json").json
    assert shown["variables"] == ["OPENAI_API_KEY"]
    assert cli("llm", "show", "defaut").status == 3


def test_config_shows_every_setting_and_where_it_stands(cli: Cli, settings: Path) -> None:
    settings.with_name("orqo-vault.local.yaml").write_text("credentials: {mail: {name: Mine}}\n")
    lines = cli("config", "show", "--origin", "--plain").text.splitlines()
    rows = {row[0]: row[1:] for row in (line.split("\t") for line in lines)}
    assert rows["credentials.mail.name"] == ["Mine", f"{settings.with_name('orqo-vault.local.yaml')}:1:28"]
    assert rows["credentials.mail.key"] == ["SMTP", f"{settings}:14:10"]
    assert cli("config", "show", "--json").json["settings"]["credentials"]["mail"]["name"] == "Mine"


def test_config_path_prints_the_files_lowest_first(cli: Cli, settings: Path) -> None:
    for layer in ("local", "prod"):
        settings.with_name(f"orqo-vault.{layer}.yaml").write_text("credentials: {}\n")
    shown = [Path(line).name for line in cli("-P", "prod", "config", "path").text.splitlines()]
    assert shown == ["orqo-vault.yaml", "orqo-vault.prod.yaml", "orqo-vault.local.yaml"]


def test_config_validate_says_where_it_is_wrong(cli: Cli, settings: Path) -> None:
    assert cli("config", "validate").status == 0
    settings.write_text(settings.read_text().replace("category: communication", "categori: communication"))
    done = cli("config", "validate", "--json")
    assert done.status == 4
    assert done.error["location"] == {"file": str(settings), "line": 15, "column": 5}


def test_config_validate_passes_on_what_is_probably_not_meant(cli: Cli, settings: Path) -> None:
    settings.write_text(settings.read_text().replace("key: SMTP", "key: SMTP_HOST"))
    done = cli("config", "validate")
    assert done.status == 0
    assert "already ends in _HOST" in done.text


def test_ten_thousand_credentials_are_listed(cli: Cli, settings: Path) -> None:
    entry = "{{name: N, key: K{0}, category: custom, type: api_token}}"
    many = "".join(f"  c{number}: {entry.format(number)}\n" for number in range(10_000))
    ids = ", ".join(f"c{number}" for number in range(10_000))
    settings.write_text(
        "version: 1\nbackends: {local: {type: encrypted-file, path: s}}\n"
        f"credentials:\n{many}runs: {{default: {{credentials: [{ids}]}}}}\n"
    )
    rows = cli("list", "--plain").text.splitlines()
    assert len(rows) == 10_000
    assert all(row.endswith("\trun default") for row in rows)


def test_json_is_one_object_on_standard_output(filled: Cli) -> None:
    for words in (["list"], ["show", "mail"], ["plan"], ["check"], ["backend", "list"], ["backend", "check"],
                  ["llm", "list"], ["llm", "show", "default"], ["config", "show"], ["config", "path"],
                  ["config", "validate"], ["get", "openai"]):  # fmt: skip
        done = filled(*words, "--json")
        assert json.loads(done.out)["schema_version"] == 1, words
