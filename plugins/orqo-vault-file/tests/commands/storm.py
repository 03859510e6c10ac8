"""One process of many on a store that git changes too: ``storm.py KIND PROJECT HOME STOP|ROUNDS``.

Prints how often each thing happened, as JSON. A reader (``refuse`` or ``warn``: what it does with an older secret)
goes on until the file STOP is there. A rotation writes some secrets under each of its epochs.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from orqo_vault_file.backend import EncryptedFileBackend, FileReference, FileSettings
from orqo_vault_file.upkeep import rotation

from orqo_vault.backend import BackendContext, Deadline, Expected
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import Secret

TRACKED = [FileReference(path=f"c{number}") for number in range(10)]
"""What git replaces."""
OWN = [FileReference(path=f"own{number}") for number in range(2)]
"""What git does not know: git and a writer at one file at one time would leave half a checkout."""


def backend(project: str, home: str, rollback: Any = "warn") -> EncryptedFileBackend:
    context = BackendContext(
        name="local",
        base_dir=Path(project),
        state_dir=Path(home) / "state",
        config_dir=Path(home) / "config",
        environ=os.environ,
        notify=lambda _: None,
        rollback=rollback,
    )
    return EncryptedFileBackend(FileSettings(), context)


def outcome(error: OrqoVaultError) -> str:
    return f"{type(error).__name__}: {error}"


def read(project: str, home: str, stop: Path, rollback: str) -> Counter[str]:
    """Read everything, again and again, with a new process's eyes every third time."""
    seen: Counter[str] = Counter()
    turn = 0
    one = backend(project, home, rollback)
    while turn < 3 or not stop.exists():
        if turn % 3 == 0:
            one = backend(project, home, rollback)
        turn += 1
        try:
            found = one.read_many([*TRACKED, *OWN], deadline=Deadline(60))
        except OrqoVaultError as error:
            seen[outcome(error)] += 1
            continue
        for path in [*TRACKED, *OWN]:
            stored = found.get(path)
            ours = stored is not None and stored.secret.reveal()["token"].startswith(f"{path} ")
            seen["right" if ours else f"{path}: {'another value' if stored else 'absent'}"] += 1
    return seen


def rotate(project: str, home: str, rounds: int, paths: list[FileReference]) -> Counter[str]:
    """Make epochs and write under them."""
    seen: Counter[str] = Counter()
    for turn in range(rounds):
        one = backend(project, home)
        try:
            rotation.rotate(one.store, Deadline(60))
            for path in paths:
                secret = Secret({"token": f"{path} {turn}"})
                one.write(path, secret, if_version=Expected.ANY, deadline=Deadline(60))
        except OrqoVaultError as error:
            seen[outcome(error)] += 1
        else:
            seen["right"] += 1
    return seen


def main() -> None:
    kind, project, home, until = sys.argv[1:]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if kind in ("refuse", "warn"):
        seen = read(project, home, Path(until), kind)
    else:
        seen = rotate(project, home, int(until), {"rotate": OWN, "prepare": TRACKED}[kind])
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main()
