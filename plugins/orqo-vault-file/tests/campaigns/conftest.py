"""A seed for each campaign, shown when it fails, and processes that hold nothing but the campaign."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LAUNCH = """
import importlib, json, sys
print(json.dumps(importlib.import_module(sys.argv[1]).main(*sys.argv[2:])))
"""


@pytest.fixture
def seed() -> int:
    """A new seed; ``ORQO_TEST_SEED`` repeats one."""
    chosen = int(os.environ.get("ORQO_TEST_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"ORQO_TEST_SEED={chosen}")  # noqa: T201  # pytest shows it when the test fails
    return chosen


@pytest.fixture
def campaign(tmp_path: Path) -> Callable[..., Any]:
    """Runs ``main`` of a module here in a process with one thread, which may fork as it likes."""

    def run(module: str, *words: object) -> Any:
        package = __name__.rpartition(".")[0]
        done = subprocess.run(
            [sys.executable, "-c", LAUNCH, f"{package}.{module}", str(tmp_path), *map(str, words)],
            cwd=Path(__file__).parents[4],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return run
