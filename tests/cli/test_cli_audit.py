"""``audit tail``, ``audit verify`` and ``--reason``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


@pytest.fixture
def used(filled: Cli) -> Cli:
    """A project with two records, the second one by a run."""
    assert filled("get", "openai", "--reason", "ticket 4711").status == 0
    assert filled.process("run", "--run", "nightly", "--", "true").status == 0
    return filled


def log_of(cli: Cli) -> Path:
    return Path(cli("audit", "tail", "--json").json["file"])


def test_tail_shows_the_newest_records_for_people(used: Cli) -> None:
    heading, first, second = used("audit", "tail").text.splitlines()

    assert heading.split() == ["TIME", "EVENT", "OUTCOME", "WHO", "RUN", "CREDENTIALS", "REASON"]
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  get +granted .* openai\(token\) +ticket 4711$", first)
    assert re.search(r"  run +granted .* nightly +openai\(token\)$", second)


def test_tail_shows_as_many_as_asked_for(used: Cli) -> None:
    assert [row.split("\t")[1] for row in used("audit", "tail", "-n", "1", "--plain").text.splitlines()] == ["run"]


def test_tail_gives_whole_records_to_programs(used: Cli) -> None:
    records = used("audit", "tail", "--json").json["records"]

    assert [(each["event"], each["actor"]["program"]) for each in records] == [
        ("get", records[0]["actor"]["program"]),
        ("run", "orqo_vault"),
    ]
    assert all(each["credentials"][0]["version"] for each in records)


def test_no_command_records_a_value(used: Cli) -> None:
    assert "sk-1" not in log_of(used).read_text()
    assert "sk-1" not in used("audit", "tail", "--json").text + used("audit", "tail").text


def test_a_project_without_records_says_so(cli: Cli) -> None:
    tail, verify = cli("audit", "tail"), cli("audit", "verify")

    assert (tail.status, tail.text) == (0, "")
    assert "nothing is recorded in" in tail.err
    assert (verify.status, verify.text.splitlines()[0].split()) == (0, ["records:", "0"])


def test_listing_and_planning_record_nothing(filled: Cli) -> None:
    for words in (("list",), ("show", "openai"), ("plan",), ("check",)):
        assert filled(*words).status == 0

    assert filled("audit", "tail", "--json").json["records"] == []


def test_verify_prints_a_head_that_can_be_asked_for_later(used: Cli) -> None:
    head = re.search(r"^head: +(\d+:[0-9a-f]{64})$", used("audit", "verify").text, re.MULTILINE)
    assert head is not None
    used("get", "openai")

    assert used("audit", "verify", "--head", head[1]).status == 0
    assert used("audit", "verify", "--head", f"1:{'0' * 64}").status == 8
    assert used("audit", "verify", "--head", "yesterday").status == 2


def test_verify_names_the_first_broken_line(used: Cli) -> None:
    log = log_of(used)
    log.write_text(log.read_text().replace("4711", "4712"))

    done = used("audit", "verify")

    assert done.status == 8
    assert done.err.splitlines()[0] == f"orqo-vault: {log}:1: record 1 was changed"


def test_verify_says_it_to_programs(used: Cli) -> None:
    log = log_of(used)
    log.write_text(log.read_text().splitlines(keepends=True)[0])

    done = used("audit", "verify", "--json")

    assert done.status == 8
    assert done.json["ok"] is False
    assert done.json["problem"]["file"] == str(log)
    assert done.json["problem"]["message"].startswith("the end is missing: record 2")
    assert done.error["code"] == "audit_tampered"


def test_tail_says_that_lines_were_left_out(used: Cli) -> None:
    log = log_of(used)
    log.write_text(log.read_text().replace("4711", "4712"))

    done = used("audit", "tail", "--json")

    assert [each["event"] for each in done.json["records"]] == ["run"]
    assert "not what was written: 1 lines" in done.err


def test_a_log_can_be_named(used: Cli, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(log_of(used).read_bytes())

    assert len(used("audit", "tail", str(copy), "--json").json["records"]) == 2
    verified = used("audit", "verify", str(copy))
    assert verified.status == 0
    assert "remembers no end" in verified.text


def test_a_hostile_reason_reaches_no_terminal(filled: Cli) -> None:
    done = filled("get", "openai", "--reason", "all\x1b[2Jwell")

    assert done.status == 1
    assert done.out == b""
    assert "control character" in done.err


def test_reasons_reach_the_log_from_every_command_that_reveals(filled: Cli) -> None:
    filled("get", "openai", "--reason", "one")
    filled("export", "--format", "json", "--run", "nightly", "--reason", "two")
    filled.process("run", "--run", "nightly", "--reason", "three", "--", "true")

    records = filled("audit", "tail", "--json").json["records"]
    assert [(each["event"], each["reason"]) for each in records] == [
        ("get", "one"),
        ("export", "two"),
        ("run", "three"),
    ]


def test_what_cannot_be_recorded_is_not_shown_where_the_operator_says_so(filled: Cli, tmp_path: Path) -> None:
    operator = tmp_path / "operator.yaml"
    (tmp_path / "file").write_text("")
    operator.write_text(f"audit: {{sinks: [{{type: file, path: {tmp_path}/file/audit.jsonl}}]}}\n")

    got = filled("--operator", str(operator), "get", "openai")
    ran = filled.process("--operator", str(operator), "run", "--run", "nightly", "--", "echo", "started")

    assert (got.status, got.out) == (1, b"")
    assert (ran.status, ran.out) == (125, b"")
    assert "nothing was handed over" in got.err
    assert json.loads(filled("--operator", str(operator), "get", "openai", "--json").err)["error"]["code"] == "audit"
