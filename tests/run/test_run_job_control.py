"""Ctrl-Z and fg under a real interactive shell."""

from __future__ import annotations

import os
import shlex

import pytest

from tests.run.sessions import OnTerminal, driven

PROMPT = "PP> "
TALK = "echo rea''dy; while read x; do echo \"said $x.\"; done; echo over"


@pytest.fixture
def shell() -> OnTerminal:
    session = OnTerminal("bash", "--norc", "--noprofile", "-i", env={**os.environ, "PS1": PROMPT, "TERM": "dumb"})
    session.expect(PROMPT)
    return session


def line(way: str, script: str) -> str:
    return shlex.join(driven(way, "sh", "-c", script)) + "\n"


@pytest.mark.parametrize("way", ["exec", "supervise", "inner terminal"])
def test_ctrl_z_stops_the_job_and_fg_continues_it(shell: OnTerminal, way: str) -> None:
    shell.type(line(way, TALK))
    shell.expect("ready")
    for round_ in range(3):
        shell.type(f"one{round_}\n")
        shell.expect(rf"said one{round_}\.")
        shell.type("\x1a")
        shell.expect("Stopped")
        shell.expect(PROMPT)
        shell.type("stty -a | tr ' ;' '\\n\\n' | grep -cx icanon\n")
        assert shell.expect(r"[\r\n](\d)\r").group(1) == "1"
        shell.expect(PROMPT)
        shell.type("fg\n")
    shell.type("two\n")
    shell.expect(r"said two\.")
    shell.type("\x04")
    shell.expect("over")
    shell.expect(PROMPT)
    shell.type("echo status $?.\n")
    assert shell.expect(r"status (\d+)\.").group(1) == "0"


@pytest.mark.parametrize("way", ["exec", "supervise", "inner terminal"])
def test_ctrl_c_ends_the_job_and_the_loop_around_it(shell: OnTerminal, way: str) -> None:
    command = line(way, "echo rea''dy; cat").strip()
    shell.type(f"for i in 1 2 3; do {command}; done\n")
    shell.expect("ready")
    shell.type("\x03")
    shell.expect(PROMPT)
    shell.type("echo status $?.\n")
    assert shell.expect(r"status (\d+)\.").group(1) == "130"
    assert shell.seen.count("ready") == 1


def test_in_the_background_it_reads_only_after_fg(shell: OnTerminal) -> None:
    shell.type(line("inner terminal", TALK).strip() + " &\n")
    shell.expect("ready")
    shell.type("echo mine $((40 + 2)).\n")  # the keys are the shell's
    shell.expect(r"mine 42\.")
    shell.type("fg\n")
    shell.expect("driver")
    shell.type("three\n")
    shell.expect(r"said three\.")
    shell.type("\x04")
    shell.expect("over")


def test_in_a_pipeline_the_neighbours_keep_the_terminal(shell: OnTerminal) -> None:
    """The reader at the end of the pipeline has the keys, and Ctrl-C reaches all of it."""
    ours = line("piped", "echo from-child; cat <&3").strip().replace("<&3", "")
    shell.type(f'{ours} </dev/null | (read x; echo "got $x."; read key </dev/tty; echo "key $key.")\n')
    shell.expect(r"got from-child\.")
    shell.type("k\n")
    shell.expect(r"key k\.")
    shell.expect(PROMPT)
