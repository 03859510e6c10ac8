"""examples/gateway runs, and docs/gateway.md shows what it prints."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.gateway.harness import ROOT


def test_the_example_says_what_the_page_shows() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/gateway/demo.py"], capture_output=True, text=True, check=True
    )
    said = re.sub(r"(ov[er]_)[\w-]{4}…", r"\1…", done.stdout)
    assert said in (ROOT / "docs/gateway.md").read_text()
