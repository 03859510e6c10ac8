"""What verify sees, what it says about it, and what it cannot see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orqo_vault.audit import chain
from orqo_vault.audit.chain import START, Link

if TYPE_CHECKING:
    from tests.audit.conftest import Log


def test_a_log_is_whole_as_it_was_written(log: Log) -> None:
    log.fill(5)

    verdict = log.verdict()

    assert (verdict.problem, verdict.notes, verdict.records) == (None, [], 5)
    assert verdict.last == verdict.remembered == chain.entry(log.lines()[-1][:-1]).link


def test_a_log_that_is_not_there_yet_is_whole(log: Log) -> None:
    verdict = log.verdict()

    assert (verdict.problem, verdict.records, verdict.files) == (None, 0, ())


def test_a_line_says_in_json_what_the_record_says(log: Log) -> None:
    log.fill(1)

    line = json.loads(log.lines()[0])

    assert (line["v"], line["seq"], line["prev"]) == (1, 1, START.hash)
    assert line["actor"]["name"] == "workflow 7"
    assert line["credentials"] == [
        {"id": "mail", "fields": ["password"], "mode": "own", "backend": "local", "version": "v0", "lease": None}
    ]


def test_the_first_wrong_line_is_named(log: Log) -> None:
    log.fill(6)
    lines = log.lines()
    lines[2] = lines[2].replace(b"nightly report", b"nightly  eport")
    lines[4] = b"{}\n"
    log.file.write_bytes(b"".join(lines))

    assert log.problem() == "audit.jsonl:3: record 3 was changed"
    assert log.verdict().records == 2


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda lines: lines[:2] + lines[3:], "audit.jsonl:3: record 3 in front of it missing"),
        (lambda lines: lines[:1] + lines[4:], "audit.jsonl:2: records 2 to 4 in front of it missing"),
        (lambda lines: lines[2:], "audit.jsonl:1: records 1 to 2 in front of it missing"),
        (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], "audit.jsonl:3: record 3 in front of it missing"),
        (lambda lines: lines[:3] + lines[2:], "audit.jsonl:4: record 3 stands in the place of record 4"),
        (lambda lines: [*lines[:3], b"\n", *lines[3:]], "audit.jsonl:4: not a record"),
        (lambda lines: [*lines[:3], b"# all is well\n", *lines[3:]], "audit.jsonl:4: not a record"),
        (lambda lines: [*lines[:3], b"[]\n", b"[]\n", *lines[3:]], "audit.jsonl:4: not a record"),
        (lambda lines: [*lines[:-1], b"gone\n"], "audit.jsonl:6: not a record"),
        (lambda lines: lines[:4], "audit.jsonl:None: the end is missing: records 5 to 6, which is remembered"),
        (lambda lines: [], "audit.jsonl:None: the end is missing: records 1 to 6, which is remembered"),
    ],
)  # fmt: skip
def test_it_says_what_was_done(log: Log, edit: object, said: str) -> None:
    log.fill(6)
    log.file.write_bytes(b"".join(edit(log.lines())))  # type: ignore[operator]  # a lambda of the table

    assert log.problem() == said


def test_a_log_that_was_deleted_is_missed(log: Log) -> None:
    log.fill(3)
    log.file.unlink()

    assert "records 1 to 3" in log.problem()


def test_what_is_recorded_after_a_cut_does_not_heal_it(log: Log) -> None:
    log.fill(6)
    log.file.write_bytes(b"".join(log.lines()[:3]))
    log.fill(2)

    assert log.problem() == "audit.jsonl:4: records 4 to 6 in front of it missing"


def test_what_is_recorded_after_a_deletion_does_not_heal_it(log: Log) -> None:
    log.fill(2)
    log.file.unlink()
    log.fill(1)

    assert log.problem() == "audit.jsonl:1: records 1 to 2 in front of it missing"


def test_one_record_replaced_with_a_fitting_hash_breaks_the_chain_behind_it(log: Log) -> None:
    log.fill(4)
    lines = log.lines()
    first = chain.entry(lines[0][:-1])
    lines[1], _ = chain.sealed({"event": "forged"}, first.link)
    log.file.write_bytes(b"".join(lines))

    assert (
        log.problem()
        == "audit.jsonl:3: record 3 does not follow the one in front of it: that one was replaced, or both were"
    )


def rebuilt(lines: list[bytes]) -> list[bytes]:
    """Return the log as somebody with write access makes it anew: another story, every hash right."""
    made, after = [], START
    for line in lines:
        content = json.loads(line)
        fields = {key: content[key] for key in content if key not in ("v", "seq", "prev", "hash")}
        line, after = chain.sealed({**fields, "reason": "another story"}, after)
        made.append(line)
    return made


def test_a_chain_made_anew_is_seen_against_the_remembered_head(log: Log) -> None:
    log.fill(4)
    log.file.write_bytes(b"".join(rebuilt(log.lines())))

    assert log.problem() == "audit.jsonl:4: record 4 is not the one that is remembered"


def test_without_a_remembered_head_a_cut_end_and_a_chain_made_anew_are_not_seen(log: Log) -> None:
    """There is no key in the chain; the documentation says so."""
    log.fill(4)
    log.sink.head.unlink()
    for unseen in (log.lines()[:2], rebuilt(log.lines())):
        log.file.write_bytes(b"".join(unseen))
        assert log.verdict().problem is None
        assert "remembers no end" in log.verdict().notes[0]


def test_a_head_that_was_noted_elsewhere_shows_a_chain_made_anew_with_its_head(log: Log) -> None:
    log.fill(3)
    noted = log.verdict().last
    log.fill(3)
    assert log.verdict(noted).problem is None
    log.file.write_bytes(b"".join(rebuilt(log.lines())))
    log.sink.head.unlink()

    problem = log.verdict(noted).problem

    assert problem is not None
    assert (problem.line, problem.message) == (3, "record 3 is not the one that is remembered")


def test_a_noted_head_past_the_end_is_missed(log: Log) -> None:
    log.fill(3)

    problem = log.verdict(Link(9, "a" * 64)).problem

    assert problem is not None
    assert "records 4 to 9" in problem.message


def test_records_after_the_remembered_head_are_mentioned(log: Log) -> None:
    """Another user with a state of its own may have written them."""
    log.fill(2)
    log.fill(1, log.make_sink(state="other"))

    verdict = log.verdict()

    assert verdict.problem is None
    assert verdict.notes == ["record 3 came after what this machine remembers: another user's, or added by hand"]


def test_two_states_that_share_a_log_each_miss_their_own_records(log: Log) -> None:
    log.fill(2)
    log.fill(1, log.make_sink(state="other"))
    log.file.write_bytes(b"".join(log.lines()[:1]))
    log.fill(1, log.make_sink(state="other"))

    assert log.verdict().problem is not None
