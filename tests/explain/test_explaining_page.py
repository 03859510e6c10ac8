"""docs/explaining.md shows what examples/explain/demo.py prints, and nothing that it does not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "explaining.md").read_text(), re.DOTALL)
AN_ID = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}…|key file [0-9a-f]{4}\b")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "explain" / "demo.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path_factory.mktemp("anywhere"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    return AN_ID.sub("ID", done.stdout)


def test_the_demo_ends_with_a_machine_that_is_well(printed: str) -> None:
    assert printed.splitlines()[-1].startswith("ok: orqo-vault ")


def test_the_demo_shows_no_secret(printed: str) -> None:
    assert "correct horse" not in printed
    assert "tok-1" not in printed


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.partition("\n")[0])
def test_the_page_shows_what_was_printed(printed: str, block: str) -> None:
    assert AN_ID.sub("ID", block) in printed
