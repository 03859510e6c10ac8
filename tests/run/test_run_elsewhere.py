"""On a system without signalfd, prctl and a poll() for terminals the same run works; Linux plays that system here."""

from __future__ import annotations

import subprocess
import sys

ELSEWHERE = """
import os, sys
sys.platform = "darwin"
from tests.run.driver import SECRET
from orqo_vault.redaction import patterns
from orqo_vault.run.masking import Masking
from orqo_vault.run.streams import streams_to_mask
from orqo_vault.run.supervise import supervise
from orqo_vault.secret import SecretValue
masking = Masking(patterns([SecretValue(SECRET)]), streams_to_mask("auto"))
script = f"trap 'echo told {SECRET}; exit 5' USR1; kill -USR1 $PPID; while :; do sleep 0.05; done"
print(int(supervise(["sh", "-c", script], os.environ, masking=masking)), "orqo_vault.run.kernel" in sys.modules)
"""


def test_signals_masks_and_status_need_nothing_of_linux() -> None:
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=False)
    assert done.stdout == "told ********\n5 False\n", done.stderr
