"""The plan of a run, by name: what it sets, and what would stop it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orqo_vault.planner import Plan
from orqo_vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the plan; ``sure`` is False where it depends on whether an optional field is stored."""

    name: str
    credential: str
    field: str
    deliver: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would do. No secret was read for it."""

    run: str | None
    credentials: tuple[str, ...]
    platform: tuple[str, ...]
    """The ids of those that use the platform's key."""
    variables: tuple[Variable, ...]
    reads: Mapping[str, tuple[str, ...]]
    """Backend → paths."""
    budget: str | None


def planned(vault: Vault, *, only: tuple[str, ...] | None, run: str | None) -> Planned:
    """Return the plan, or raise what would stop the run."""
    plan: Plan = vault.plan(only=only, run=run)
    return Planned(
        run=plan.run.name or None,
        credentials=tuple(each.id for each in plan.credentials),
        platform=tuple(each.id for each in plan.credentials if each.mode.value == "platform"),
        variables=tuple(
            Variable(each.name, each.credential, each.field, each.deliver, each.sure) for each in plan.variables
        ),
        reads=plan.reads,
        budget=plan.run.budget,
    )
