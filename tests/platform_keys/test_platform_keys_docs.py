"""docs/platform-keys.md: its table is the code's, and the example prints what it shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from orqo_vault.providers import PRESETS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/platform-keys.md").read_text()


def test_the_example_says_what_the_page_shows() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/platform_key/demo.py"], capture_output=True, text=True, check=True
    )
    assert done.stdout in PAGE
    assert len(done.stdout.splitlines()) == 5


def test_the_table_is_that_of_the_known_providers() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and "_API_KEY`" in line]
    assert rows == [
        f"| `{name}` | `{each.key}` | {f'`{each.base_url_variable}`' if each.base_url_variable else ''} | "
        f"{'yes' if each.models_path else ''} |"
        for name, each in PRESETS.items()
        if each.key
    ]
