"""Whether this machine can deliver what a plan delivers otherwise than in variables, found out without a secret."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from orqo_vault.errors import DeliveryError
from orqo_vault.planner import Plan

AGENT_PROGRAMS = ("ssh-agent", "ssh-add")


def refuse_undeliverable(plan: Plan, environ: Mapping[str, str]) -> None:
    """Raise :class:`~orqo_vault.errors.DeliveryError` for what the run would fail on when it hands values over."""
    secret_files = any(each.how == "file" and each.secret for each in plan.deliveries)
    if secret_files:
        from orqo_vault.delivery.memory import find_place  # few plans have a file

        find_place(environ, allow_disk=plan.run.allow_disk)
    if any(each.how == "agent" for each in plan.deliveries):
        _refuse_missing_programs(environ)


def _refuse_missing_programs(environ: Mapping[str, str]) -> None:
    search = environ.get("PATH", "/usr/bin:/bin")
    missing = [name for name in AGENT_PROGRAMS if shutil.which(name, path=search) is None]
    if missing:
        raise DeliveryError(
            f"deliver: agent needs {' and '.join(missing)}, not installed here", hint="install openssh-client"
        )
