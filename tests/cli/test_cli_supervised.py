"""``run`` with something to do around its command: the options, what is said, and that nothing is left."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

SECRET = "sk-of-a-sufficient-length"
SHOW = ("sh", "-c", "echo $OPENAI_API_KEY; echo $OPENAI_API_KEY >&2")


@pytest.fixture
def long(cli: Cli) -> Cli:
    """Return a cli whose key is long enough to be masked."""
    assert cli("set", "openai", stdin=SECRET.encode()).status == 0
    return cli


def test_pipes_are_masked_without_being_asked(long: Cli) -> None:
    done = long.process("run", "--only", "openai", "--", *SHOW)
    assert (done.status, done.out, done.err) == (0, b"********\n", "********\norqo-vault: 2 places masked\n")


def test_quiet_leaves_the_count_out(long: Cli) -> None:
    assert long.process("-q", "run", "--only", "openai", "--", *SHOW).err == "********\n"


def test_never_is_never(long: Cli) -> None:
    done = long.process("run", "--mask", "never", "--only", "openai", "--", *SHOW)
    assert (done.out.decode(), done.err) == (f"{SECRET}\n", f"{SECRET}\n")


@pytest.mark.parametrize(
    ("said", "option", "masked"), [("never", None, False), ("never", "auto", True), ("auto", "never", False)]
)
def test_the_option_wins_over_the_settings(
    long: Cli, settings: Path, said: str, option: str | None, masked: bool
) -> None:
    settings.write_text(settings.read_text().replace("on_conflict: error", f"mask: {said}"))
    words = ("--mask", option) if option else ()
    done = long.process("run", *words, "--run", "nightly", "--", *SHOW)
    assert (SECRET in done.text, done.status) == (not masked, 0)


def test_what_is_too_short_to_be_masked_is_said(filled: Cli) -> None:
    done = filled.process("run", "--only", "openai", "--", "printenv", "OPENAI_API_KEY")
    assert (done.out, done.err) == (b"sk-1\n", "orqo-vault: 1 value shorter than 6 characters is not masked\n")


def test_always_masks_on_the_terminal_and_the_terminal_stays_one(long: Cli) -> None:
    session = long.terminal(
        "run", "--mask", "always", "--only", "openai", "--", "sh", "-c", "stty size; echo $OPENAI_API_KEY"
    )
    session.expect("50 200\r\n")
    session.expect(r"\*{8}\r\n")
    session.expect("1 place masked")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0


def test_on_a_terminal_auto_leaves_the_terminal_to_the_command(long: Cli) -> None:
    session = long.terminal("run", "--only", "openai", "--", "sh", "-c", "echo $OPENAI_API_KEY $$")
    session.expect(SECRET + r" (\d+)")
    assert int(session.match.group(1)) == session.pid
    session.expect(pexpect.EOF)


def test_the_manifest_says_what_the_run_gets_and_no_value(long: Cli, project: Path) -> None:
    done = long.process("run", "--manifest", "made.json", "--only", "openai", "--", "cat", "made.json")
    made = json.loads((project / "made.json").read_text())
    assert json.loads(done.out) == made  # it was there before the command
    assert made["credentials"][0]["fields"]["token"]["variables"] == ["OPENAI_API_KEY"]
    assert SECRET not in (project / "made.json").read_text()


def test_a_manifest_that_cannot_be_written_stops_the_run(long: Cli) -> None:
    done = long.process("run", "--manifest", "orqo-vault.yaml/made.json", "--only", "openai", "--", "echo", "started")
    assert (done.status, done.out) == (125, b"")


@pytest.mark.parametrize("words", [("--mask", "sometimes"), ("--kill-after", "-1"), ("--kill-after", "soon")])
def test_what_makes_no_sense_is_refused(long: Cli, words: tuple[str, str]) -> None:
    assert long.process("run", *words, "--only", "openai", "--", "true").status == 2


@pytest.mark.parametrize(
    ("words", "status"), [(("no-such-command",), 127), (("/etc/passwd",), 126), (("sh", "-c", "exit 77"), 77)]
)
def test_a_supervised_run_has_the_statuses_of_any_other(long: Cli, words: tuple[str, ...], status: int) -> None:
    assert long.process("run", "--kill-after", "5", "--only", "openai", "--", *words).status == status


@pytest.fixture
def memory() -> Iterator[Path]:
    """Return a folder in memory, where files of runs are put."""
    place = Path("/dev/shm") / f"orqo-vault-test-{os.urandom(8).hex()}"
    place.mkdir(0o700)
    yield place
    assert list(place.iterdir()) == []
    place.rmdir()


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_ctrl_c_at_any_moment_leaves_no_process_and_no_file(
    long: Cli, settings: Path, memory: Path, rounds: int
) -> None:
    settings.write_text(settings.read_text().replace("provider: openai}", "provider: openai, deliver: {token: file}}"))
    seed = random.randrange(2**32)
    moment = random.Random(seed)
    for number in range(rounds):
        session = long.terminal(
            *("run", "--mask", moment.choice(["auto", "always"]), "--only", "openai", "--"),
            *("sh", "-c", "sleep 600 & wait", str(memory)),
            env={"XDG_RUNTIME_DIR": str(memory)},
        )
        select.select([], [], [], moment.uniform(0, 0.6))  # the moment is what is tested
        while session.isalive():
            session.sendintr()
            session.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1)
        session.close()
        assert list(memory.iterdir()) == [], f"seed {seed}, round {number}"
        assert processes_of(memory) == [], f"seed {seed}, round {number}"


def processes_of(mark: Path) -> list[str]:
    """Return the command lines that name this folder."""
    done = subprocess.run(["ps", "axww", "-o", "args="], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if str(mark) in line]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_file_is_gone_after_a_signal(long: Cli, settings: Path, memory: Path, number: signal.Signals) -> None:
    settings.write_text(settings.read_text().replace("provider: openai}", "provider: openai, deliver: {token: file}}"))
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "orqo_vault",
            "run",
            "--only",
            "openai",
            "--",
            "sh",
            "-c",
            "ls $OPENAI_API_KEY_FILE; read x",
        ],
        cwd=long.folder,
        env={**os.environ, "XDG_RUNTIME_DIR": str(memory)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        there = Path(running.stdout.readline().decode().strip())
        assert there.is_relative_to(memory)
        assert there.exists()
        running.send_signal(number)
        assert running.wait(30) == -number
    assert list(memory.iterdir()) == []
