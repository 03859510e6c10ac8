"""As process 1 of a container: signals work, orphans are buried, the status is kept. Needs a real PID namespace."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.run.sessions import OnPipes, child, driven

UNSHARE = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
HOW = "this test needs unshare(1) from util-linux and the right to make a PID namespace: run it as root"


@pytest.fixture(autouse=True)
def _namespaces_work() -> None:
    done = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{HOW} ({done.stderr.strip()})"


def as_process_one(way: str, *command: str) -> OnPipes:
    return OnPipes(*UNSHARE, *driven(way, *command))


def inside(session: OnPipes) -> int:
    """Return our number of the process that is number 1 inside."""
    with open(f"/proc/{session.pid}/task/{session.pid}/children") as file:
        (only,) = file.read().split()
    return int(only)


@pytest.mark.parametrize("way", ["supervise", "piped"])
@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "USR1"])
def test_signals_reach_the_command(way: str, name: str) -> None:
    """The kernel drops what process 1 has no handler for: the command alone would not even end on SIGTERM."""
    session = as_process_one(way, *child("handles"))
    session.expect(r"child ready \d+\.")
    os.kill(inside(session), signal.Signals[f"SIG{name}"])
    session.expect(rf"child got SIG{name}\.")
    os.kill(inside(session), signal.SIGKILL)
    session.end()


def test_a_command_that_dies_of_a_signal_ends_the_container_with_128_and_the_signal() -> None:
    session = as_process_one("supervise", *child("dies"))
    session.expect(r"child ready \d+\.")
    os.kill(inside(session), signal.SIGTERM)
    assert session.end() == 128 + signal.SIGTERM


def test_orphans_are_buried() -> None:
    """The orphan tells that it ends, and then must not be seen any more: also not as a zombie."""
    orphan = "(sh -c 'echo $$ >&3; exec true' & ) 3>&1"
    gone = "read pid; while [ -e /proc/$pid ]; do :; done; echo buried; exit 5"
    session = as_process_one("supervise", "sh", "-c", f"{{ {orphan}; }} | {{ {gone}; }}")
    session.expect("buried")
    assert session.end() == 5
