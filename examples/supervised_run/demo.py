"""What ``orqo-vault run`` does around a command: output is masked, signals pass, the status is the command's own.

Works in a folder of its own and leaves nothing behind. ``python examples/supervised_run/demo.py``
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = """\
version: 1
backends:
  local: {type: encrypted-file, path: .orqo-vault}
credentials:
  api: {name: The API, key: API_TOKEN, category: custom, type: api_token}
runs:
  default: {credentials: [api]}
"""
ORQO_VAULT = [sys.executable, "-m", "orqo_vault"]
WAITS = "trap 'echo the command got SIGTERM; exit 3' TERM; echo the command waits; while :; do sleep 0.1; done"
DEAF = "trap '' TERM; echo the command ignores SIGTERM; while :; do sleep 0.1; done"


def main() -> None:
    """Show it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "orqo-vault.yaml").write_text(SETTINGS)
        home = {"PATH": os.environ["PATH"], "HOME": folder}
        subprocess.run(
            [*ORQO_VAULT, "set", "api"],
            input=b"a-very-secret-token",
            cwd=folder,
            env=home,
            check=True,
            capture_output=True,
        )
        run(folder, home, [], "echo token: $API_TOKEN; exit 7")
        run(folder, home, ["--mask", "never"], "echo token: $API_TOKEN | tr a-z b-za")
        run(folder, home, [], WAITS, end=True)
        run(folder, home, ["--kill-after", "0.3"], DEAF, end=True)


def run(folder: str, home: dict[str, str], options: list[str], script: str, *, end: bool = False) -> None:
    """Run a shell script with the credential; send it SIGTERM after its first line when ``end``."""
    print(f"\n$ orqo-vault run {' '.join([*options, '--'])} sh -c '{script.partition(';')[0]} ...'", flush=True)
    words = [*ORQO_VAULT, "run", *options, "--", "sh", "-c", script]
    with subprocess.Popen(
        words, cwd=folder, env=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            if end:
                running.terminate()
                end = False
    print(f"status {running.returncode}")


if __name__ == "__main__":
    main()
