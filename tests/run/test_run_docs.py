"""The page and the example say what happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from orqo_vault.run.signals import FORWARDED

ROOT = Path(__file__).parents[2]


def test_the_example_runs_and_shows_what_it_says() -> None:
    demo = ROOT / "examples" / "supervised_run" / "demo.py"
    done = subprocess.run([sys.executable, demo], capture_output=True, text=True, check=True)
    shown = done.stdout.split("\n$ ")
    assert "a-very-secret" not in done.stdout
    assert "token: ********" in shown[1]
    assert "1 place masked" in shown[1]
    assert [part.splitlines()[-1] for part in shown[1:]] == ["status 7", "status 0", "status 3", "status -9"]


def test_every_signal_that_is_passed_on_is_in_the_table() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("| ") and "sent by a program" in line)
    assert {each.name.removeprefix("SIG") for each in FORWARDED} == set(
        row.split("|")[1].partition(" sent")[0].strip().split(", ")
    )
