"""The example runs, and what it shows is masked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parents[2] / "examples" / "redaction" / "demo.py"


def test_the_example_masks_all_but_what_it_says_is_not_covered() -> None:
    done = subprocess.run([sys.executable, DEMO], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pipe, log = done.stdout.split("\n\n")
    masked = [line.split()[0] for line in pipe.splitlines() if "********" in line]
    assert masked == ["plain", "coloured", "JSON", "URL", "Basic", "hex"]
    assert log.count("********") == 2
    assert "orqo-vault: 6 places masked" in done.stderr
