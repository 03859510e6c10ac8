"""The command replaces the process: what a shell would report is what the caller sees."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault.run.execute import CannotStartError, replace_process

BECOME = (
    "import sys, json; from orqo_vault.run.execute import replace_process; "
    "replace_process(sys.argv[2:], json.loads(sys.argv[1]))"
)


def become(*command: str, environment: str = '{"PATH": "/usr/bin:/bin"}') -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", BECOME, environment, *command], capture_output=True, check=False)


@pytest.mark.parametrize("status", [0, 1, 2, 77, 125, 126, 127, 255])
def test_the_exit_status_is_the_commands_own(status: int) -> None:
    assert become("sh", "-c", f"exit {status}").returncode == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_death_by_signal_is_seen_as_such(number: signal.Signals) -> None:
    assert become("sh", "-c", f"kill -{number.value} $$").returncode == -number.value


def test_the_command_gets_exactly_the_environment_it_was_given() -> None:
    assert become("env", environment='{"PATH": "/usr/bin:/bin", "A": "1"}').stdout == b"PATH=/usr/bin:/bin\nA=1\n"


def test_the_command_is_found_through_its_own_path(tmp_path: Path) -> None:
    tool = tmp_path / "only-here"
    tool.write_text("#!/bin/sh\necho found\n")
    tool.chmod(0o755)
    assert become("only-here", environment=f'{{"PATH": "{tmp_path}"}}').stdout == b"found\n"


def test_an_unknown_command_is_127() -> None:
    with pytest.raises(CannotStartError, match="no-such-command: command not found") as refused:
        replace_process(["no-such-command"], {"PATH": "/usr/bin:/bin"})
    assert refused.value.exit_code == 127


def test_a_file_that_is_not_executable_is_126(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no program")
    with pytest.raises(CannotStartError, match="cannot execute") as refused:
        replace_process([str(tmp_path / "data")], dict(os.environ))
    assert refused.value.exit_code == 126


def test_an_environment_too_large_for_the_kernel_is_said_as_such() -> None:
    many = {f"V{n}": "x" * 100_000 for n in range(200)}
    with pytest.raises(CannotStartError, match="too large together") as refused:
        replace_process(["/bin/true"], many)
    assert refused.value.exit_code == 125
