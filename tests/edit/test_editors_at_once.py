"""Several editors at once lose nothing, and one that is killed leaves the old file or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from random import Random

import pytest

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.lock import edit_lock
from orqo_vault.errors import ConflictError
from orqo_vault.settings.load import load_settings
from orqo_vault.state import project_state

WORKER = Path(__file__).with_name("editing_worker.py")
BASE = """\
# the first comment
backends: {local: {type: encrypted-file}}   # ours
credentials:
  # the second comment
  first: {name: First, key: FIRST, category: custom, type: api_token}

# the last comment
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "orqo-vault.yaml"
    path.parent.mkdir()
    path.write_text(BASE)
    return path


def started(path: Path, prefix: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), str(path), prefix, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def declared(path: Path) -> set[str]:
    return set(load_settings(path, environ=os.environ).credentials)


def test_two_processes_that_add_lose_nothing(path: Path) -> None:
    workers = [started(path, prefix, 50) for prefix in "ab"]
    said = [worker.communicate(timeout=240)[0].split() for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0]
    assert [len(names) for names in said] == [50, 50]
    assert declared(path) == {"first", *said[0], *said[1]}
    assert [line for line in path.read_text().split("\n") if "comment" in line] == [
        line for line in BASE.split("\n") if "comment" in line
    ]
    assert os.listdir(path.parent) == [path.name]


def test_threads_of_one_process_lose_nothing(path: Path) -> None:
    def add(prefix: str) -> None:
        for number in range(5):
            entry = {"name": "x", "key": f"{prefix}{number}".upper(), "category": "custom", "type": "api_token"}
            SettingsEditor(path, environ=os.environ).add("credentials", f"{prefix}{number}", entry)

    threads = [threading.Thread(target=add, args=(prefix,)) for prefix in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(declared(path)) == 1 + 20


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.slow)])
def test_a_killed_edit_leaves_the_old_file_or_the_new_one(path: Path, kills: int) -> None:
    for seed in range(kills):
        before = declared(path)
        worker = started(path, f"k{seed}x", 1_000)
        assert worker.stdout is not None
        acknowledged = [worker.stdout.readline().strip()]
        killer = threading.Timer(Random(seed).uniform(0, 0.15), os.kill, (worker.pid, signal.SIGKILL))
        killer.start()
        acknowledged += worker.stdout.read().split()
        worker.wait()
        killer.join()
        worker.stdout.close()
        assert worker.returncode == -signal.SIGKILL, f"seed {seed}"

        after = declared(path)
        assert after >= before | set(acknowledged), f"seed {seed}: an acknowledged edit is lost"
        assert len(after - before) <= len(acknowledged) + 1, f"seed {seed}"
        assert path.read_text().startswith(BASE[: BASE.index("\n\n")]), f"seed {seed}"
        assert path.read_text().endswith("\n# the last comment\n"), f"seed {seed}"
        path.write_text(BASE)

    SettingsEditor(path, environ=os.environ).change("credentials", "first", {"name": "1st"})
    assert os.listdir(path.parent) == [path.name], "the next edit sweeps what the killed ones left"


def test_an_edit_does_not_wait_for_ever(path: Path) -> None:
    state = project_state(os.environ, path.parent)
    with edit_lock(state), pytest.raises(ConflictError, match="another orqo-vault"), edit_lock(state, patience=0):
        pytest.fail("two held the lock")
