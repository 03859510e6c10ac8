"""The examples run, and show what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        (
            "export",
            ["-rw-------", "the same key", 'name: "app-credentials"', "::add-mask::it's $", "docker cannot hold"],
        ),
        (
            "import_mcp",
            ["github: api_token", '"--only",', "server: GITHUB_TOKEN is there", "none of them holds the key"],
        ),
    ],
)
def test_an_example_runs(example: str, shown: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example / "demo.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert [each for each in shown if each not in done.stdout] == []
