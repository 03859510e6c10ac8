"""What docs/embedding.md shows runs, and its table of errors is the code's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault import errors

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
SETTINGS = """\
version: 1
backends:
  local: {type: encrypted-file, path: store}
credentials:
  github: {name: GitHub, key: GITHUB_TOKEN, category: mcp_service, type: api_token}
  later: {name: Later, key: LATER, category: custom, type: api_token}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "orqo-vault.yaml").write_text(SETTINGS)
    assert play(tmp_path, PROGRAMS[0]).returncode == 0
    return tmp_path


def play(project: Path, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_every_program_on_the_page_runs(project: Path, number: int) -> None:
    done = play(project, PROGRAMS[number])
    assert done.returncode == 0, done.stderr


def test_the_pages_first_program_delivers_the_token(project: Path) -> None:
    assert play(project, PROGRAMS[0]).stdout.splitlines() == [str(len("ghp_example")), "['GITHUB_TOKEN']"]


def test_the_table_of_errors_is_the_codes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\d+) \|", PAGE.read_text(), re.MULTILINE)
    assert rows
    for name, code, exit_code in rows:
        found = getattr(errors, name)
        assert (found.code, found.exit_code) == (code, int(exit_code)), name
