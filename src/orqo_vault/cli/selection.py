"""Which credentials ``run``, ``plan`` and ``check`` are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orqo_vault.cli.usage import UsageError


class Selected(NamedTuple):
    """What ``--only`` and ``--run`` say, as :meth:`orqo_vault.vault.Vault.prepare` takes it."""

    only: list[str] | None
    run: str | None


def selected(only: Iterable[str], run: str | None) -> Selected:
    """Return the selection; each id once, in the order they were named."""
    parts = tuple(only)
    if parts and run is not None:
        raise UsageError("--only and --run exclude each other", hint="name credentials or a run")
    named = [each.strip() for part in parts for each in part.split(",") if each.strip()]
    return Selected(list(dict.fromkeys(named)) if parts else None, run)
