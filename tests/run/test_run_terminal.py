"""Masked on a terminal: it still is one, for the command and for whoever sits before it."""

from __future__ import annotations

import os
import signal

import pytest

from tests.run.driver import SECRET
from tests.run.sessions import OnTerminal, driven

WAY = "inner terminal"


def test_colours_stay_and_the_secret_between_them_does_not() -> None:
    session = OnTerminal(*driven(WAY, "printf", f"\x1b[31mred {SECRET} \x1b[0m\x1b[1A\x1b[2K\rdone\n"))
    assert session.end() == 0
    assert session.seen == "\x1b[31mred ******** \x1b[0m\x1b[1A\x1b[2K\rdone\r\n"


def test_all_three_streams_are_a_terminal_of_the_same_size() -> None:
    script = "test -t 0 && test -t 1 && test -t 2 && stty size && stty size </dev/tty && ps -o tty= -p $$ >/dev/null"
    session = OnTerminal(*driven(WAY, "sh", "-c", script))
    assert session.end() == 0
    assert session.seen == "33 77\r\n33 77\r\n"


def test_it_follows_the_window() -> None:
    script = "trap 'stty size' WINCH; echo ready; while :; do read x && echo \"$x.\"; done"
    session = OnTerminal(*driven(WAY, "sh", "-c", script))
    session.expect("ready")
    session.resize(41, 101)
    session.expect("41 101")
    session.type("\x03")
    assert session.end() == -signal.SIGINT


def test_a_prompt_without_a_newline_is_shown_at_once_and_its_answer_is_read() -> None:
    session = OnTerminal(*driven(WAY, "sh", "-c", "printf 'c? '; read x; echo \"got $x.\""))
    session.expect(r"c\? ")
    session.type("yes\n")
    session.expect(r"got yes\.")
    assert session.end() == 0


def test_a_password_that_is_typed_is_not_shown() -> None:
    session = OnTerminal(*driven(WAY, "sh", "-c", "stty -echo; printf 'password: '; read x; stty echo; echo ok"))
    session.expect("password: ")
    session.type("typed-unseen\n")
    assert session.end() == 0
    assert "typed-unseen" not in session.seen


def test_a_progress_bar_is_drawn_in_one_line() -> None:
    session = OnTerminal(*driven(WAY, "sh", "-c", "for i in 1 2 3; do printf '\\r%s0%%' $i; done"))
    assert session.end() == 0
    assert session.seen == "\r10%\r20%\r30%"


ENDS = {
    "exit": "exit 3",
    "killed": "kill -KILL $$",
    "cannot start": None,
}


@pytest.mark.parametrize("ends", ENDS)
def test_the_terminal_is_as_before_when_it_is_over(ends: str) -> None:
    script = ENDS[ends]
    command = driven(WAY, "sh", "-c", script) if script else driven(WAY, "no-such-command")
    _assert_restored(*command)


def _assert_restored(*command: str) -> None:
    script = 'before=$(stty -g); "$@"; test "$(stty -g)" = "$before" && echo same.'
    session = OnTerminal("sh", "-c", script, "sh", *command)
    session.expect(r"same\.")
    session.end()


@pytest.mark.parametrize("name", ["TERM", "HUP", "USR1"])
def test_the_terminal_is_as_before_after_a_signal_to_us(name: str) -> None:
    """The command finds us, so that the signal comes when the terminal is raw."""
    ours = "ps -o ppid= -p $PPID"  # between us stands the leader of the inner session
    _assert_restored(*driven(WAY, "sh", "-c", f"kill -{name} $({ours}); read x"))


def test_only_stderr_on_the_terminal_still_looks_like_one() -> None:
    command = driven(WAY, "sh", "-c", f"test -t 2 && stty size <&2 >&2; echo err {SECRET} >&2; echo out {SECRET}")
    session = OnTerminal("sh", "-c", '"$@" | sed s/^/piped-/', "sh", *command)
    assert session.end() == 0
    assert "33 77\r\n" in session.seen
    assert "err ********\r\n" in session.seen
    assert "piped-out ********\r\n" in session.seen


def test_job_control_inside_works() -> None:
    """A shell that is started on it has the keys, and its jobs stop."""
    session = OnTerminal(*driven(WAY, "bash", "--norc", "-i"), env={**os.environ, "PS1": "PP> ", "TERM": "dumb"})
    session.expect("PP> ")
    session.type("cat\n")
    session.type("hello\n")
    session.expect("hello\r\nhello\r\n")
    session.type("\x1a")
    session.expect("Stopped")
    session.type("fg\n")
    session.type("again\n")
    session.expect("again\r\nagain\r\n")
    session.type("\x04")
    session.type("exit 9\n")
    assert session.end() == 9
