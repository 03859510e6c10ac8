"""What a newcomer types from the README works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
FIVE_MINUTES = README[README.index("## Five minutes") : README.index("**5. Embed.**")]
ELSEWHERE = """\
  mail: {name: Mail, key: MAIL, category: custom, type: api_token, optional: true}
runs:
  default: {credentials: [github]}
  nightly: {credentials: [github]}
"""


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_example_and_every_page_is_linked() -> None:
    pages = [page.name for page in (ROOT / "docs").glob("*.md") if f"docs/{page.name}" not in README]
    examples = [each.name for each in (ROOT / "examples").iterdir() if f"examples/{each.name}/" not in README]
    assert (pages, examples) == ([], [])


def test_a_command_that_works_stands_in_the_first_screen() -> None:
    first = "\n".join(README.splitlines()[:12])
    assert "tox run -e demo" in first


def test_five_minutes_work_as_written(tmp_path: Path) -> None:
    """In order, each line as it stands; only the programs and the second run they speak of are made here."""
    for name in ("job.sh", "tool"):
        (tmp_path / name).write_text("#!/bin/sh\nexec printenv GITHUB_TOKEN\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "workflow.py").write_text("import os; print(os.environ['GITHUB_TOKEN'])\n")
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "TOKEN": "ghp_of-the-reader",
    }
    lines = [line[2:] for line in FIVE_MINUTES.splitlines() if line.startswith("$ ")]
    for line in ["orqo-vault init", *lines]:
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        if " add " in line:
            settings = tmp_path / "orqo-vault.yaml"
            declared, rest = settings.read_text().split("\n  # openai:", 1)
            settings.write_text(f"{declared}\n{ELSEWHERE}")
            assert "runs:" in rest, "init shows how a run is declared"
        if line.startswith("orqo-vault run"):
            assert "********\n" in done.stdout, line
    assert len(lines) >= 9
