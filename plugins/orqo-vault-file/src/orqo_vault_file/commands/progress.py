"""Tells the person who waits how far a walk over all secrets has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault_file.upkeep.rotation import Progress, silent

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost

_STEP = 10
"""Percent: a store of any size costs no more than ten lines."""


def progress_for(host: CommandHost) -> Progress:
    """Return what a walk tells its progress to; nobody where nobody waits."""
    if not host.interactive:
        return silent
    said = 0

    def tell(done: int, of: int) -> None:
        nonlocal said
        reached = done * 100 // of // _STEP * _STEP
        if said < reached < 100:
            said = reached
            host.say(f"sealing again: {reached} %, {done} of {of}")

    return tell
