"""What the supervisor does to itself, because it holds secrets for as long as the child runs."""

from __future__ import annotations

import resource
import sys

Limit = tuple[int, int]


def harden(*, dumpable: bool) -> Limit:
    """Let no core be written of us and, unless ``dumpable``, nobody but root look into us.

    Returns the limit of core files the child gets back. A child that opens ``/proc/<our id>/fd`` needs us dumpable.
    """
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, before[1]))
    if sys.platform == "linux" and not dumpable:
        from orqo_vault.run.kernel import PR_SET_DUMPABLE, prctl

        prctl(PR_SET_DUMPABLE, 0)
    return before


def give_back(limit: Limit) -> None:
    """Undo in the child what it would inherit; that it may be looked into comes with its program."""
    resource.setrlimit(resource.RLIMIT_CORE, limit)
