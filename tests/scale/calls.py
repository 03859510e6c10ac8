"""Counts what a Python process asks the disk for, by the interpreter's own audit: run as a script."""

from __future__ import annotations

import collections
import json
import os
import sys
from pathlib import Path
from typing import Any

LISTING = frozenset({"os.listdir", "os.scandir"})


class Calls:
    """Opens, and the folders that were listed, since it was made or started again."""

    def __init__(self) -> None:
        self.opens: collections.Counter[str] = collections.Counter()
        self.listed: list[str] = []
        sys.addaudithook(self._hear)

    def start_again(self) -> None:
        self.opens.clear()
        self.listed.clear()

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self.opens[os.path.basename(str(arguments[0]))] += 1
        elif event in LISTING:
            self.listed.append(_name(arguments[0]))


def _name(folder: str | bytes | int | None) -> str:
    if isinstance(folder, int):
        found = os.fstat(folder)
        return f"{found.st_dev}:{found.st_ino}"
    return os.path.abspath(os.fsdecode(folder or "."))


def main(settings: str, chosen: list[str]) -> dict[str, Any]:
    """Return what it takes to make the environment of these credentials, the second time in one process."""
    from orqo_vault import Vault  # what is imported now is not counted

    def environment() -> dict[str, str]:
        with Vault.open(settings) as vault:
            return vault.environment(only=chosen)

    environment()
    calls = Calls()
    found = environment()
    secrets = Path(settings).parent / ".orqo-vault" / "c"
    place = f"{secrets.stat().st_dev}:{secrets.stat().st_ino}"
    return {
        "values": found,
        "opens": calls.opens.total(),
        "names": dict(calls.opens),
        "listed": len(calls.listed),
        "secrets listed": place in calls.listed or str(secrets) in calls.listed,
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2:]), sys.stdout)
