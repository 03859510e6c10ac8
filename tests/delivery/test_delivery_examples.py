"""The examples show what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def shown(name: str) -> str:
    done = subprocess.run([sys.executable, EXAMPLES / name / "demo.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_files_are_there_for_a_run_and_not_after_it() -> None:
    said = shown("deliver_files")
    assert "GOOGLE_APPLICATION_CREDENTIALS" in said
    assert '-rw-------\n{"type": "service_account"}\n 00 50 4b 43 53 31 32 ff\na signing key\n' in said
    assert "after the run: 0 files, and ~/.tool holds []" in said
    assert said.endswith("its file is there: True\nit was killed, and its file is there: False\n")


def test_an_agent_signs_with_a_key_that_nobody_sees() -> None:
    said = shown("ssh_agent")
    assert "DEPLOY_KEY_PASSPHRASE" not in said
    assert 'Good "release" signature for deploy' in said
    assert said.endswith("after the run the agent's socket is there: False\n")
