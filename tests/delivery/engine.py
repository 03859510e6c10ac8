"""An engine: prepares a run, says what it got, and then ends in the way it was told to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.delivery.stage import open_vault


def main(folder: str, act: str) -> None:
    """Run the engine."""
    credentials, secrets = json.loads(sys.stdin.readline())
    vault = open_vault(Path(folder), credentials, secrets)
    with vault.prepare(only=list(secrets)) as run:
        sys.stdout.write(json.dumps({"variables": run.environment}) + "\n")
        sys.stdout.flush()
        if act == "raise":
            raise RuntimeError("the engine's own trouble")
        if act == "exit":
            sys.exit(3)
        sys.stdin.readline()


main(*sys.argv[1:])
