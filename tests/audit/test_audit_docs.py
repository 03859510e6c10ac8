"""docs/audit.md names every key of a record and every option, and the demo shows what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from orqo_vault.audit import Actor
from orqo_vault.audit.settings import FileSinkSettings
from orqo_vault.settings.operator import load_operator

if TYPE_CHECKING:
    from tests.audit.conftest import Log

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "audit.md").read_text()


def test_every_key_of_a_record_is_on_the_page(log: Log) -> None:
    log.fill(1)
    line = json.loads(log.lines()[0])
    names = {*line, *line["credentials"][0], *Actor._fields, "torn"}

    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_every_option_of_the_file_sink_is_on_both_pages() -> None:
    operator = (ROOT / "docs" / "operator.md").read_text()
    names = [field.name for field in fields(FileSinkSettings)]

    assert [name for name in names if f"| `{name}` |" not in PAGE or f"| `{name}` |" not in operator] == []


def test_the_operators_example_loads(tmp_path: Path) -> None:
    file = tmp_path / "operator.yaml"
    file.write_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
    loaded = load_operator(file)

    assert loaded is not None
    assert loaded.audit is not None
    assert loaded.audit.fail_mode == "closed"


def test_the_demo_runs() -> None:
    demo = ROOT / "examples" / "audit" / "demo.py"

    done = subprocess.run([sys.executable, str(demo)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "for workflow 7, step 2" in done.stdout
    assert "(exit status 8)" in done.stdout
    assert "nothing was handed over" in done.stdout
    assert "ghp_demo" not in done.stdout + done.stderr
