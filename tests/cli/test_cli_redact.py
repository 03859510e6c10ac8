"""``orqo-vault redact``: what comes out of the pipe, when, and what never does."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

KEY = "sk-proj-Qm9yZWQgbXVjaD8"
PASSWORD = "correct/horse battery"
COMMAND = [sys.executable, "-m", "orqo_vault", "redact"]


@pytest.fixture
def stocked(cli: Cli) -> Cli:
    assert cli("set", "openai", stdin=KEY.encode()).status == 0
    assert cli("set", "mail.username", stdin=b"engine@acme.example").status == 0
    assert cli("set", "mail.password", stdin=PASSWORD.encode()).status == 0
    return cli


def test_the_values_of_the_default_run_are_masked_in_every_form(stocked: Cli) -> None:
    auth = base64.b64encode(f"engine:{PASSWORD}".encode()).decode()
    done = stocked.process("redact", stdin=f"{KEY}\n{PASSWORD}\ncorrect%2Fhorse%20battery\n{auth[:12]}\n".encode())
    assert (done.status, done.out) == (0, f"********\n********\n********\n{auth[:12]}\n".encode())
    assert done.err == "orqo-vault: 3 places masked\n"
    assert b"********" in stocked.process("redact", stdin=f"Basic {auth}\n".encode()).out


def test_fields_that_are_no_secret_stay(stocked: Cli) -> None:
    text = b"engine@acme.example at smtp.acme.example:587\n"
    assert stocked.process("redact", stdin=text).out == text


def test_bytes_pass_untouched(stocked: Cli) -> None:
    data = bytes(range(256)) * 1000 + b"\x1b]0;open"
    done = stocked.process("-q", "redact", stdin=data)
    assert (done.out, done.err) == (data, "")


def test_only_and_run_choose_whose_values_are_masked(stocked: Cli) -> None:
    text = f"{KEY} {PASSWORD}".encode()
    assert stocked.process("redact", "--only", "openai", stdin=text).out == f"******** {PASSWORD}".encode()
    assert stocked.process("redact", "--run", "nightly", stdin=text).out == f"******** {PASSWORD}".encode()


def test_nothing_passes_when_secrets_cannot_be_read(stocked: Cli) -> None:
    for sealed in (stocked.folder / ".orqo-vault").rglob("*"):
        if sealed.is_file():
            sealed.write_bytes(b"damaged")
    done = stocked.process("redact", stdin=b"anything\n")
    assert done.status != 0
    assert done.out == b""


@pytest.mark.parametrize("words", [("--only", "nobody"), ("--run", "nobody"), ("--only", "mail", "--run", "default")])
def test_nothing_passes_for_a_wrong_selection(stocked: Cli, words: tuple[str, ...]) -> None:
    done = stocked.process("redact", *words, stdin=b"anything\n")
    assert done.status in (2, 3)
    assert done.out == b""


def test_nothing_passes_when_there_is_nothing_to_mask(cli: Cli) -> None:
    done = cli.process("redact", stdin=b"anything\n")
    assert (done.status, done.out) == (3, b"")
    assert "no value is stored" in done.err


def test_what_is_not_masked_is_said(filled: Cli) -> None:
    assert filled("set", "openai", stdin=KEY.encode()).status == 0
    done = filled.process("redact", "--only", "openai,mail,hosted", stdin=b"pw-1\n")
    assert done.out == b"pw-1\n"
    assert done.err.splitlines() == [
        "orqo-vault: not masked, since no value is stored: hosted",
        "orqo-vault: 1 value shorter than 6 characters is not masked",
        "orqo-vault: 0 places masked",
    ]


def test_all_values_too_short_is_nothing_to_mask(filled: Cli) -> None:
    done = filled.process("redact", stdin=b"pw-1\n")
    assert (done.status, done.out) == (3, b"")
    assert "too short" in done.err


def test_what_is_there_is_passed_on_before_the_input_ends(stocked: Cli) -> None:
    with subprocess.Popen(
        COMMAND, cwd=stocked.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as pipe:
        assert pipe.stdin is not None
        assert pipe.stdout is not None
        pipe.stdin.write(b"Password: ")
        assert pipe.stdout.read(10) == b"Password: "
        for each in KEY.encode():
            pipe.stdin.write(bytes([each]))
        pipe.stdin.write(b"\n")
        assert pipe.stdout.read(9) == b"********\n"
        pipe.stdin.close()
        assert pipe.wait() == 0


def test_a_reader_who_leaves_is_no_error(stocked: Cli) -> None:
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        COMMAND, cwd=stocked.folder, stdin=subprocess.PIPE, stdout=write, stderr=subprocess.PIPE
    ) as pipe:
        os.close(write)
        _, said = pipe.communicate(b"line\n" * 1000)
    assert pipe.returncode == 128 + signal.SIGPIPE
    assert said == b""


def test_a_terminal_is_nothing_to_read(stocked: Cli) -> None:
    terminal = stocked.terminal("redact")
    terminal.expect("there is nothing to read")
    terminal.wait()
    assert terminal.exitstatus == 2


def test_it_is_on_record(stocked: Cli) -> None:
    assert stocked.process("redact", "--reason", "ticket 7", stdin=b"x").status == 0
    log = stocked("audit", "tail", "--json").text
    assert '"redact"' in log
    assert "ticket 7" in log
