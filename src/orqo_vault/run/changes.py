"""What becomes of the variables that are there already, by name: for people, before a child gets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orqo_vault.errors import OrqoVaultError
from orqo_vault.planner import Plan
from orqo_vault.planner.availability import refuse_what_is_not_available
from orqo_vault.run.child_environment import (
    inherited,
    matches,
    overridden,
    refuse_conflicts,
    refuse_unknown_logins,
)
from orqo_vault.run.deliverable import refuse_undeliverable
from orqo_vault.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of the parent's variables, sorted. What is in none of the lists reaches the child as it is."""

    contested: tuple[str, ...]
    """Inherited, and set by the run too: the run's ``on_conflict`` decides."""
    removed: tuple[str, ...]
    """They open a backend."""
    left_out: tuple[str, ...]
    """The run does not inherit them."""
    passed_on: tuple[str, ...]
    """The child gets them as they are, and a credential that is not in this run would set them in another."""


def changes(parent: Mapping[str, str], plan: Plan, settings: Settings, *, clean: bool = False) -> Changes:
    """Return what a run of this plan would do to the parent's variables."""
    kept = inherited(parent, run=plan.run, removed=plan.removed, clean=clean)
    removed = {name for name in parent if matches(name, plan.removed)}
    return Changes(
        contested=tuple(overridden(kept, [each.name for each in plan.variables])),
        removed=tuple(sorted(removed)),
        left_out=tuple(sorted(parent.keys() - kept.keys() - removed)),
        passed_on=tuple(sorted((kept.keys() & _declared(settings)) - {each.name for each in plan.variables})),
    )


def obstacles(parent: Mapping[str, str], plan: Plan, *, clean: bool = False) -> list[OrqoVaultError]:
    """Return everything that would stop a run of this plan in these surroundings, as far as names tell."""
    kept = inherited(parent, run=plan.run, removed=plan.removed, clean=clean)
    sure = [each.name for each in plan.variables if each.sure]
    refusals: list[Callable[[], None]] = [
        lambda: refuse_what_is_not_available(plan),
        lambda: refuse_undeliverable(plan, parent),
        lambda: refuse_unknown_logins(plan.unknown_logins, run=plan.run, clean=clean),
        lambda: refuse_conflicts(overridden(kept, sure), run=plan.run),
    ]
    found: list[OrqoVaultError] = []
    for refuse in refusals:
        try:
            refuse()
        except OrqoVaultError as error:
            found.append(error)
    return found


def _declared(settings: Settings) -> set[str]:
    return {name for contract in settings.contracts.values() for bound in contract for name in bound.variables}
