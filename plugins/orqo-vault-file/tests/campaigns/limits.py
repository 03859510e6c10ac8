"""The kernel itself refuses: no file may grow, or no more may be open. Every process here lives under such a limit."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

from orqo_vault.errors import ConflictError, CorruptSecretError, OrqoVaultError

from .dying import in_child
from .operations import OPERATIONS
from .seam import Counting, through
from .trial import Trial


def main(place: str) -> dict[str, Any]:
    """Return what was wrong, by operation and limit, and how many were refused."""
    refused, wrong = 0, {}
    for turn, operation in enumerate(OPERATIONS):
        trial = Trial(operation, Path(place) / str(turn))
        for kind, limit in limits():
            trial.scene.restore()
            error = in_child(lambda: _limited(trial, kind, limit))  # noqa: B023  # called at once
            refused += error is not None
            found = in_child(lambda: trial.complaints(done=error is None))  # noqa: B023  # called at once
            if found or error not in (None, "refused"):
                wrong[f"{operation.name}, {kind} {limit}"] = [error, *found]
    return {"refused": refused, "wrong": wrong}


def limits() -> list[tuple[str, int]]:
    """Return limits of which each is reached in another place."""
    taken = len(os.listdir("/dev/fd"))
    sizes = [("FSIZE", size) for size in (0, 50, 150, 400)]
    return sizes + [("NOFILE", taken + more) for more in range(5)]


def _limited(trial: Trial, kind: str, limit: int) -> str | None:
    number = getattr(resource, f"RLIMIT_{kind}")
    _, most = resource.getrlimit(number)
    resource.setrlimit(number, (limit, most))
    try:
        with through(Counting()):
            trial.operation.do(trial.scene)
    except (CorruptSecretError, ConflictError) as error:
        return f"a false alarm: {error!r}"
    except OrqoVaultError:
        return "refused"
    return None
