"""The file sink: its files, full ones, a crash while it writes, and a place where it cannot write."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orqo_vault.audit.file_sink import FileSink
from orqo_vault.audit.files import all_files
from orqo_vault.audit.reading import newest
from orqo_vault.audit.settings import FileSinkSettings
from orqo_vault.errors import AuditError
from tests.audit.conftest import record

if TYPE_CHECKING:
    from tests.audit.conftest import Log


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_what_is_recorded(log: Log) -> None:
    before = os.umask(0)
    try:
        log.fill(1)
    finally:
        os.umask(before)

    assert (mode_of(log.file), mode_of(log.sink.head)) == (0o600, 0o600)
    assert (mode_of(log.file.parent), mode_of(log.sink.head.parent)) == (0o700, 0o700)


def test_the_head_is_kept_apart_from_the_log(log: Log) -> None:
    log.fill(1)

    assert (log.folder / "state") in log.sink.head.parents
    assert log.file.parent not in log.sink.head.parents


def test_a_full_file_stays_and_the_chain_goes_on_in_the_next(log: Log) -> None:
    log.sink = log.make_sink(limit=2000)
    log.fill(20)

    verdict = log.verdict()

    assert [path.name for path in verdict.files][:3] == [
        "audit.jsonl.000001",
        "audit.jsonl.000002",
        "audit.jsonl.000003",
    ]
    assert verdict.files[-1] == log.file
    assert (verdict.problem, verdict.notes, verdict.records) == (None, [], 20)
    assert all(path.stat().st_size < 3000 for path in verdict.files)


def test_only_as_many_full_files_are_kept_as_asked_for(log: Log) -> None:
    log.sink = log.make_sink(limit=2000, keep=2)
    log.fill(30)

    assert len(all_files(log.file)) == 3
    assert (log.verdict().problem, log.verdict().notes) == (None, [])


def test_a_file_that_was_let_go_is_not_missed_and_one_more_is(log: Log) -> None:
    log.sink = log.make_sink(limit=2000, keep=2)
    log.fill(30)
    all_files(log.file)[0].unlink()

    assert "in front of it missing" in log.problem()


def test_settings_are_checked() -> None:
    for wrong in (
        {"path": "audit.jsonl"},
        {"path": "/a/"},
        {"path": "/a", "keep": 0},
        {"path": "/a", "max_megabytes": 0},
    ):
        with pytest.raises(ValueError, match="must be"):
            FileSinkSettings(**wrong)  # type: ignore[arg-type]  # the values are the ones that are wrong


@pytest.mark.parametrize("torn", [1, 40, 300, -76, -2])
def test_a_line_that_a_crash_left_unfinished_is_acknowledged_by_the_next_record(log: Log, torn: int) -> None:
    """A machine that stopped while it wrote: the line is there in part, the head does not know it."""
    log.fill(3)
    head = log.sink.head.read_bytes()
    log.fill(1)
    lines = log.lines()
    log.file.write_bytes(b"".join([*lines[:3], lines[3][:torn]]))
    log.sink.head.write_bytes(head)

    before = log.verdict()
    log.fill(2)
    after = log.verdict()

    assert before.problem is None
    assert "cut short by a crash; nothing was recorded since" in before.notes[0]
    assert (after.problem, after.records) == (None, 5)
    assert after.notes == [f"{log.file}:4: a record was cut short by a crash; the next one acknowledges it"]


def test_a_record_of_which_a_crash_took_only_the_end_of_the_line_counts(log: Log) -> None:
    log.fill(3)
    head = log.sink.head.read_bytes()
    log.fill(1)
    log.file.write_bytes(log.file.read_bytes()[:-1])
    log.sink.head.write_bytes(head)

    before = log.verdict()
    log.fill(2)

    assert (before.problem, before.records) == (None, 4)
    assert (log.verdict().problem, log.verdict().notes, log.verdict().records) == (None, [], 6)


def test_an_end_of_a_line_that_was_taken_later_is_missed(log: Log) -> None:
    log.fill(3)
    log.file.write_bytes(log.file.read_bytes()[:-1])

    assert log.problem() == "audit.jsonl:3: the end of the line is missing"


def test_an_unfinished_line_that_was_acknowledged_cannot_be_changed_or_taken_out(log: Log) -> None:
    log.fill(1)
    with log.file.open("ab") as file:
        file.write(b'{"v":1,"seq":2,')
    log.fill(1)
    first, torn, second = log.lines()

    log.file.write_bytes(first + torn.replace(b"2", b"3") + second)
    assert log.problem() == "audit.jsonl:2: not a record"
    log.file.write_bytes(first + second)
    assert log.problem() == "audit.jsonl:2: the unfinished line in front of it is gone"


def test_a_file_that_holds_nothing_but_an_unfinished_line_is_gone_on_with(log: Log) -> None:
    log.file.parent.mkdir()
    log.file.write_bytes(b'{"v":1,')
    log.fill(1)

    assert (log.verdict().problem, log.verdict().records) == (None, 1)


def test_an_unfinished_line_at_the_end_of_a_full_file_is_acknowledged_in_the_next(log: Log) -> None:
    log.sink = log.make_sink(limit=2000)
    log.fill(2)
    while log.file.stat().st_size < 2000:
        log.fill(1)
    with log.file.open("ab") as file:
        file.write(b'{"v":1,')
    log.fill(2)

    assert log.verdict().problem is None
    assert len(log.verdict().notes) == 1


def test_a_lost_head_is_no_gap(log: Log) -> None:
    log.fill(2)
    log.sink.head.write_bytes(b"\0" * 40)
    log.fill(1)

    assert (log.verdict().problem, log.verdict().records) == (None, 3)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_what_is_no_file_is_refused_at_once(log: Log, make: object) -> None:
    log.file.parent.mkdir()
    make(log.file)  # type: ignore[operator]  # one of the three

    with pytest.raises(AuditError) as caught:
        log.fill(1)

    assert str(log.file) in caught.value.message


def test_a_place_that_cannot_be_written_is_named(log: Log) -> None:
    log.file.parent.write_text("a file where the folder should be")

    with pytest.raises(AuditError, match=r"log/audit\.jsonl cannot be written: Not a directory"):
        log.fill(1)


def test_a_full_disk_leaves_no_part_of_a_record(log: Log, tmp_path: Path) -> None:
    log.fill(2)
    before = log.file.read_bytes()
    pid = os.fork()
    if not pid:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, len(before) + 100))
        try:
            log.sink.write(record())
        except AuditError:
            os._exit(7)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert log.file.read_bytes() == before
    log.fill(1)
    assert (log.verdict().problem, log.verdict().notes, log.verdict().records) == (None, [], 3)


def test_the_newest_records_are_read_across_files_and_damage_is_counted(log: Log) -> None:
    log.sink = log.make_sink(limit=2000)
    log.fill(12)

    records, damaged = newest(log.file, 8)
    assert ([each["seq"] for each in records], damaged) == (list(range(5, 13)), 0)

    log.file.write_bytes(log.file.read_bytes().replace(b"nightly report", b"nightly retort", 1))
    records, damaged = newest(log.file, 1)
    assert ([each["seq"] for each in records], damaged) == ([12], 1)


def test_the_class_is_the_built_in_sink() -> None:
    from orqo_vault.plugins import audit_sink

    assert audit_sink("file") is FileSink
