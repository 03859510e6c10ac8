"""While a command runs, its supervisor cannot be looked into, and takes the command along when it is killed."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys

import pytest

from tests.run.sessions import OnPipes, driven

# A user that is not root: the files of a process that is not dumpable belong to root then.
AS_NOBODY = """
import os, sys
from orqo_vault.run import kernel
from orqo_vault.run.supervise import supervise
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # a change of the user had taken it
dumpable = sys.argv[1] == "dumpable"
descriptor = os.memfd_create("x")
os.write(descriptor, b"reached")
script = sys.argv[2].replace("@", f"/proc/{os.getpid()}")
environment = {"PATH": os.environ["PATH"], "MEMFD": str(descriptor)}
sys.exit(supervise(["sh", "-c", script], environment, dumpable=dumpable))
"""


def as_nobody(how: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a supervised shell script as a user that is not root; ``@`` is the supervisor's folder below /proc."""
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY, how, script], capture_output=True, text=True, check=False, cwd="/"
    )


def test_another_process_of_the_same_user_cannot_look_into_us() -> None:
    done = as_nobody("closed", "stat -c %u @/environ; cat @/environ @/maps && echo read; stat -c %u /proc/$$/environ")
    assert done.stdout.split() == ["0", str(os.getuid() or 65534)]
    assert "Permission denied" in done.stderr


def test_where_files_in_memory_are_delivered_the_command_can_open_them() -> None:
    assert as_nobody("dumpable", "cat @/fd/$MEMFD").stdout == "reached"
    assert as_nobody("closed", "cat @/fd/$MEMFD").stdout == ""


def test_no_core_is_written_of_us_and_the_commands_limit_is_its_own() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        script = "grep 'core file' /proc/$PPID/limits /proc/$$/limits"
        session = OnPipes(*driven("supervise", "sh", "-c", script))
        assert session.end() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    ours, its = re.findall(r"core file size\s+(\S+)", session.seen)
    wanted = "unlimited" if before[1] == resource.RLIM_INFINITY else str(before[1])
    assert (ours, its) == ("0", wanted)


@pytest.mark.parametrize("way", ["supervise", "piped"])
def test_the_command_does_not_outlive_a_killed_supervisor(way: str) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    with subprocess.Popen(
        driven(way, "sh", "-c", "echo ready; exec sleep 600"), stdout=subprocess.PIPE, pass_fds=[write]
    ) as running:
        os.close(write)
        assert running.stdout is not None
        running.stdout.readline()
        running.kill()
    assert os.read(read, 1) == b""  # the end: nobody holds the other end any more
    os.close(read)
