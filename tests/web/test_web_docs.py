"""docs/web.md names every operation and role, and its example runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault.web import Role
from orqo_vault.web.api.operations import OPERATIONS, Operation

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "web.md").read_text()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_every_operation_is_named(operation: Operation) -> None:
    path = operation.path
    shortened = re.sub(r"^/credentials/\{id\}/", "…/", path)
    assert path in PAGE or f"`{shortened}`" in PAGE or f" {shortened}`" in PAGE


def test_every_role_is_explained() -> None:
    for role in Role:
        assert f"| `{role.word}` |" in PAGE


def test_the_example_runs() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "web" / "demo.py")],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    assert "bob may not change it: this needs the role editor; you are viewer" in done.stdout
    assert "sk-demo" not in done.stdout + done.stderr
