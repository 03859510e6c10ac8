"""Stops a run that asks for what this machine, or this way of asking, cannot give; before it reads a secret."""

from __future__ import annotations

import os

from orqo_vault.errors import DeliveryError, NoPlatformProviderError
from orqo_vault.planner.plan import Plan


def refuse_more_than_variables(plan: Plan) -> None:
    """Raise :class:`~orqo_vault.errors.DeliveryError` for a plan with more to it: somebody has to end that."""
    others = [f"{each.credential}.{each.field} ({each.how})" for each in plan.deliveries]
    if others:
        raise DeliveryError(
            f"delivered otherwise than in variables: {', '.join(others)}",
            hint="use prepare(): its with block is the life of files and agents",
        )
    if plan.platform:
        raise DeliveryError(
            f"a platform key is taken back when its run ends: {', '.join(each.id for each in plan.platform)}",
            hint="use prepare(): its with block is the life of the key",
        )


def refuse_what_is_not_available(plan: Plan) -> None:
    """Raise for platform keys without a provider, and for deliveries this system does not know."""
    wanted = [planned.id for planned in plan.platform if planned.supplied is None]
    if wanted:
        raise NoPlatformProviderError(
            f"{', '.join(wanted)}: a platform key is wanted and no platform provider is configured",
            hint="use an own key: orqo-vault edit ID --mode own, then orqo-vault set ID",
        )
    if plan.needs_dumpable and not hasattr(os, "memfd_create"):
        raise DeliveryError("deliver: memfd needs Linux", hint="use deliver: file, or agent for an SSH key")
