"""Several processes and threads write one log, and some of them are killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orqo_vault.audit.locked import locked_log
from orqo_vault.errors import AuditError

if TYPE_CHECKING:
    from tests.audit.conftest import Log

WRITER = """
import sys
from pathlib import Path
from tests.audit.conftest import Log, record
log = Log(Path(sys.argv[1]))
sink = log.make_sink(limit=int(sys.argv[2]))
sys.stdin.read(1)  # all of them start together
for number in range(int(sys.argv[3])):
    sink.write(record(number))
    print(number, flush=True)
"""
ROOT = Path(__file__).parents[2]


def writer(log: Log, count: int, limit: int = 20_000) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(log.folder), str(limit), str(count)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def test_eight_processes_keep_one_chain(log: Log) -> None:
    writers = [writer(log, 60) for _ in range(8)]
    for each in writers:
        each.communicate(b"x")

    verdict = log.verdict()

    assert [each.returncode for each in writers] == [0] * 8
    assert (verdict.problem, verdict.notes, verdict.records) == (None, [], 480)
    assert len(verdict.files) > 5


def test_eight_threads_keep_one_chain(log: Log) -> None:
    log.sink = log.make_sink(limit=20_000)
    threads = [threading.Thread(target=log.fill, args=(40,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (log.verdict().problem, log.verdict().records) == (None, 320)


def kill_writers(log: Log, times: int, seed: int) -> int:
    """Kill a writer that often at a random moment; return how many records they said were kept."""
    chance = random.Random(seed)
    said = 0
    for _ in range(times):
        process = writer(log, 100_000)
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.close()
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.02))  # the moment that is tried, not a wait for anything
        process.kill()
        said += 1 + process.stdout.read().count(b"\n")
        process.stdout.close()
        process.wait()
        verdict = log.verdict()
        assert verdict.problem is None, f"seed {seed}"
        assert verdict.records >= said, f"seed {seed}"
    return said


@pytest.mark.parametrize("times", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_writers_that_are_killed_lose_no_record_that_they_had_kept(log: Log, times: int) -> None:
    seed = random.SystemRandom().randrange(1 << 32)

    assert kill_writers(log, times, seed) >= times
    log.fill(1)
    assert log.verdict().problem is None


def test_a_lock_that_is_never_given_back_is_an_error(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orqo_vault.audit.locked.PATIENCE", 0.05)

    with locked_log(log.file), pytest.raises(AuditError, match="locked by another process"):
        log.fill(1)


def test_a_log_can_be_verified_while_it_is_written(log: Log) -> None:
    process = writer(log, 400, limit=5000)
    assert process.stdin is not None
    process.stdin.write(b"x")
    process.stdin.flush()
    while process.poll() is None:
        assert log.verdict().problem is None
    process.communicate()

    assert log.verdict().records == 400
