"""Ctrl-C at any moment, and many runs at once: nothing is left, and nothing is taken from a run that lives."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.delivery.stage import ROOT, SECONDS, open_vault, processes, token, wait_for_end
from tests.probes.ssh_server import new_key

SSH = "  key: {name: K, key: KEY, category: ssh_key, type: ssh_key, deliver: agent}\n"


@pytest.mark.parametrize("times", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_an_interruption_at_any_moment_leaves_nothing(tmp_path: Path, runtime: Path, times: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  # shown when it fails
    chance = random.Random(seed)
    declared = token("cert", f"{{token: {{as: file, path: {tmp_path / 'link'}}}}}") + token("mem", "memfd") + SSH
    stored = {"cert": {"token": "x"}, "mem": {"token": "y"}, "key": {"private_key": new_key(tmp_path / "id")}}
    moments = 0
    for _ in range(times):
        moments += interrupted(tmp_path, json.dumps([declared, stored]), chance.random(), runtime)
        assert not list(runtime.iterdir())
        assert not os.path.lexists(tmp_path / "link")
    assert moments, "no interruption came while something was delivered"


def interrupted(folder: Path, told: str, moment: float, runtime: Path) -> bool:
    """Start an engine and interrupt it at a moment between its start and its readiness; tell whether it was at work."""
    command = [sys.executable, "-m", "tests.delivery.engine", str(folder), "wait"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(told + "\n")
        process.stdin.flush()
        while process.poll() is None and not list(runtime.iterdir()):
            os.sched_yield()  # until it begins to deliver; what comes before is not ours
        began = bool(list(runtime.iterdir()))
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(moment * 0.15)  # it waits for a line that never comes
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)
    for pid in processes():
        if str(runtime).encode() in _words(pid):  # a shell that still tidies up
            with contextlib.suppress(ProcessLookupError):
                wait_for_end(os.pidfd_open(pid))
    return began


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_runs_side_by_side_keep_their_own_files_and_leave_nothing(tmp_path: Path, runtime: Path) -> None:
    vault = open_vault(tmp_path, token("cert", "file"), {"cert": {"token": "kanari"}})
    wrong: list[object] = []

    def work() -> None:
        for _ in range(10):
            try:
                with vault.prepare(only=["cert"]) as run:
                    found = Path(run.environment["CERT_FILE"]).read_text()
                    wrong.extend([found] if found != "kanari" else [])
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not list(runtime.iterdir())
