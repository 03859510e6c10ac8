"""``orqo-vault test`` and the status in ``list`` and ``show``: what is printed, and the exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.probes.conftest import SECRET
from tests.probes.servers import Asked, Reply, Website

SETTINGS = """\
backends: {{local: {{type: encrypted-file}}}}
credentials:
  good: {{name: Good, key: GOOD, category: custom, type: api_token, test: {{url: "{url}/good"}}}}
  bad: {{name: Bad, key: BAD, category: custom, type: api_token, test: {{url: "{url}/bad"}}}}
  down: {{name: Down, key: DOWN, category: custom, type: api_token, test: {{url: "{url}/down"}}}}
  mute: {{name: Mute, key: MUTE, category: custom, type: api_token}}
  off: {{name: Off, key: OFF, category: custom, type: api_token, enabled: false, test: {{url: "{url}/bad"}}}}
  empty: {{name: Empty, key: EMPTY, category: custom, type: api_token, test: {{url: "{url}/good"}}}}
  hosted: {{name: Hosted, key: HOSTED, category: llm_provider, type: api_token, provider: openai, mode: platform}}
"""
STATUSES = {"/good": 200, "/bad": 401, "/down": 503}


@pytest.fixture
def cli(tmp_path: Path, plain_site: Website, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Return a cli in a project whose services answer as their addresses say."""

    def behave(asked: Asked) -> Reply:
        return Reply(STATUSES[asked.path], b'{"error": "go away, %s"}' % SECRET.encode())

    plain_site.behave = behave
    (tmp_path / "orqo-vault.yaml").write_text(SETTINGS.format(url=plain_site.url))
    cli = Cli(tmp_path, monkeypatch)
    for credential_id in ("good", "bad", "down", "mute", "off"):
        assert cli("set", credential_id, stdin=SECRET.encode()).status == 0
    return cli


@pytest.mark.parametrize(
    ("ids", "status"),
    [
        (["good"], 0),
        (["bad"], 1),
        (["good", "bad"], 1),
        (["mute"], 1),
        (["hosted"], 1),
        (["down"], 6),
        (["bad", "down"], 6),
        (["empty"], 3),
        (["nobody"], 3),
        ([], 2),
        (["--all", "good"], 2),
    ],
)
def test_the_exit_status_says_what_came_of_it(ids: list[str], status: int, cli: Cli) -> None:
    assert cli("test", *ids).status == status


def test_all_passes_over_what_cannot_be_tested_and_what_is_disabled(cli: Cli) -> None:
    done = cli("test", "--all", "--json")
    outcomes = {each["id"]: each["outcome"] for each in done.json["results"]}
    assert outcomes == {
        "good": "ok",
        "bad": "failing",
        "down": "unreachable",
        "mute": "not_testable",
        "empty": "error",
        "hosted": "not_testable",
    }
    assert (done.status, done.json["ok"]) == (6, False)
    assert SECRET not in done.text


def test_all_is_well_when_all_that_can_be_tested_works(cli: Cli) -> None:
    settings = cli.folder / "orqo-vault.yaml"
    lines = [line for line in settings.read_text().splitlines() if not re.match("  (bad|down|empty):", line)]
    settings.write_text("\n".join(lines))
    assert cli("test", "--all").status == 0


def test_a_table_is_printed_for_people(cli: Cli) -> None:
    lines = cli("test", "good", "bad", "hosted").text.splitlines()
    assert lines[0].split() == ["ID", "STATUS", "TOOK", "REASON"]
    assert re.fullmatch(r"good +ok +\d+ ms", lines[1])
    assert re.fullmatch(r"bad +failing +\d+ ms +401 Unauthorized: go away, \*{8}", lines[2])
    assert "platform key" in lines[3]


def test_json_has_all_of_a_result(cli: Cli) -> None:
    (result,) = cli("test", "bad", "--json").json["results"]
    assert set(result) == {"id", "outcome", "reason", "status", "latency_ms", "tested_at", "version"}
    assert (result["outcome"], result["status"]) == ("failing", 401)


def test_an_error_before_the_test_has_its_code(cli: Cli) -> None:
    (result,) = cli("test", "empty", "--json").json["results"]
    assert (result["outcome"], result["code"]) == ("error", "missing_secrets")


def test_list_and_show_have_the_status(cli: Cli) -> None:
    cli("test", "good", "bad")
    rows = {each["id"]: each for each in cli("list", "--json").json["credentials"]}
    statuses = {credential_id: row["status"] for credential_id, row in rows.items()}
    assert statuses == {
        "good": "ok",
        "bad": "failing",
        "down": "untested",
        "mute": "untested",
        "off": "untested",
        "empty": "untested",
        "hosted": None,
    }
    assert rows["good"]["tested_at"]
    text = cli("list").text
    assert "OK (just now)" in text
    assert "failing (just now)" in text
    assert "failing (just now): 401 Unauthorized" in cli("show", "bad").text
    assert json.loads(cli("show", "bad", "--json").out)["test"]["url"].endswith("/bad")


def test_a_time_limit_is_kept(cli: Cli) -> None:
    done = cli("test", "good", "--timeout", "0.000001")
    assert done.status == 6
    assert "in time" in done.text or "within" in done.text
    assert cli("test", "good", "--timeout", "0").status == 2


def test_an_id_is_completed(cli: Cli) -> None:
    environment = {"_ORQO_VAULT_COMPLETE": "bash_complete", "COMP_WORDS": "orqo-vault test go", "COMP_CWORD": "2"}
    assert "good" in cli.process(env=environment).text
