"""The status of a supervised run is the command's own, every one of them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.run.sessions import OnPipes, driven

CODES = range(256)
SAMPLE = (0, 1, 2, 77, 125, 126, 127, 130, 143, 255)
# These do not end a process.
STOPPING = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
HARMLESS = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH}
DEADLY = [number for number in range(1, 32) if number not in STOPPING | HARMLESS]

# One process for all of them: a new interpreter for each would take minutes and show no more.
ALL = """
import json, os, sys
from orqo_vault.run.supervise import supervise
codes, signals = json.loads(sys.argv[1])
said = [supervise(["/bin/sh", "-c", f"exit {code}"], {}) for code in codes]
died = [supervise(["/bin/sh", "-c", f"kill -{number} $$"], {}) for number in signals]
print(json.dumps([said, [each.signal for each in said], died, [each.signal for each in died]]))
"""
LEAVING = """
import json, os, sys
from orqo_vault.run.status import Status, killed_by, leave
codes, signals = json.loads(sys.argv[1])
seen = []
for status in [*map(Status, codes), *map(killed_by, signals)]:
    pid = os.fork()
    if pid == 0:
        try:
            leave(status)
        except SystemExit as left:
            os._exit(left.code)
    seen.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(json.dumps(seen))
"""


def told(script: str) -> list[object]:
    asked = json.dumps([list(CODES), DEADLY])
    done = subprocess.run([sys.executable, "-c", script, asked], capture_output=True, text=True, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


def test_every_code_and_every_deadly_signal_is_told_apart() -> None:
    said, not_killed, died, killed = told(ALL)
    assert said == list(CODES)
    assert not_killed == [None] * len(CODES)
    assert died == [128 + number for number in DEADLY]
    assert killed == DEADLY


def test_we_end_as_the_command_ended() -> None:
    """A shell stops a loop on Ctrl-C only for a program that died of it."""
    assert told(LEAVING) == [*CODES, *(-number for number in DEADLY)]


@pytest.mark.parametrize("status", SAMPLE)
def test_an_exit_status_passes_through_a_whole_process(status: int) -> None:
    assert OnPipes(*driven("supervise", "sh", "-c", f"exit {status}")).end() == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT])
def test_a_shell_sees_128_and_the_signal(number: signal.Signals) -> None:
    command = driven("supervise", "sh", "-c", f"kill -{number.value} $$")
    session = OnPipes("sh", "-c", '"$@"; echo "status $?."', "sh", *command)
    assert session.expect(r"status (\d+)\.").group(1) == str(128 + number)
    session.end()


@pytest.mark.parametrize(("program", "status"), [("no-such-command", 127), ("/etc/passwd", 126), ("/", 126)])
@pytest.mark.parametrize("way", ["supervise", "piped"])
def test_what_cannot_be_started_has_the_status_a_shell_gives(way: str, program: str, status: int) -> None:
    assert OnPipes(*driven(way, program)).end() == status


def test_a_status_is_not_lost_where_the_caller_ignores_the_end_of_children() -> None:
    script = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    session = OnPipes(sys.executable, "-c", script, *driven("supervise", "sh", "-c", "exit 7"))
    assert session.end() == 7
