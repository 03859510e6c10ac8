"""``orqo-vault run`` delivers for as long as its command runs, whatever ends either of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orqo_vault import Vault
from tests.delivery.stage import SECONDS, children, token, wait_for_end
from tests.probes.ssh_server import new_key

ORQO_VAULT = [sys.executable, "-m", "orqo_vault"]
SSH = "  key: {name: K, key: KEY, category: ssh_key, type: ssh_key, deliver: agent}\n"
TOOL = 'cat "$CERT_FILE" "$MEM_FILE"; ssh-add -l | cut -d" " -f1'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    declared = token("cert", f"{{token: {{as: file, path: {tmp_path / 'link'}}}}}") + token("mem", "memfd") + SSH
    file = tmp_path / "orqo-vault.yaml"
    run = "runs: {default: {credentials: [cert, mem, key]}}\n"
    file.write_text("backends: {local: {type: encrypted-file, path: store}}\ncredentials:\n" + declared + run)
    with Vault.open(file) as vault:
        vault.put("cert", {"token": "kanari in a file\n"})
        vault.put("mem", {"token": "kanari in memory\n"})
        vault.put("key", {"private_key": new_key(tmp_path / "id")})
    return tmp_path


def test_the_command_finds_everything_and_nothing_is_left(project: Path, runtime: Path) -> None:
    command = [*ORQO_VAULT, "run", "--mask", "never", "--", "sh", "-c", f"{TOOL}; exit 7"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("kanari in a file\nkanari in memory\n256\n", 7), done.stderr
    assert not list(runtime.iterdir())
    assert not os.path.lexists(project / "link")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_killed_orqo_vault_leaves_nothing(project: Path, runtime: Path, name: str) -> None:
    with waiting(project) as process:
        assert (project / "link").read_text() == "kanari in a file\n"
        others = [os.pidfd_open(pid) for pid in children(process.pid)]
        assert others
        process.send_signal(signal.Signals[name])
        process.wait(SECONDS)
        for other in others:
            wait_for_end(other)
    assert not list(runtime.iterdir())
    assert not os.path.lexists(project / "link")


@contextmanager
def waiting(project: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command that does not end by itself; the block begins when it runs."""
    command = [*ORQO_VAULT, "run", "--mask", "never", "--", "sh", "-c", "echo ready; exec sleep 600"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
