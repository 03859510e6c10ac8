"""examples/credits runs, and docs/credits.md shows what it prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_example_says_what_the_page_shows() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/credits/demo.py"], capture_output=True, text=True, check=True
    )
    assert done.stdout in (ROOT / "docs/credits.md").read_text()
    assert done.stdout.endswith("what is off: []\n")
