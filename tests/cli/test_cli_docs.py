"""The page about the command line says what the command line says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from orqo_vault import errors

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_reference_is_the_commands_own_help(tmp_path: Path) -> None:
    """To renew it: python docs/cli_reference.py"""
    for name in ("cli.md", "cli_reference.py"):
        (tmp_path / name).write_text((DOCS / name).read_text())
    subprocess.run([sys.executable, tmp_path / "cli_reference.py"], check=True)
    assert (tmp_path / "cli.md").read_text() == (DOCS / "cli.md").read_text()


def test_every_exit_status_is_in_the_table() -> None:
    page = (DOCS / "cli.md").read_text()
    codes = {each.exit_code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_code")}
    assert [code for code in sorted(codes) if f"| {code} |" not in page] == []
