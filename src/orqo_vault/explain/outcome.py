"""What one run does about one variable, and about the value that is inherited under its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from orqo_vault.errors import Location, OrqoVaultError
from orqo_vault.planner import Selection, make_plan, select
from orqo_vault.planner.plan import PlannedVariable, removed_variables
from orqo_vault.run.child_environment import inherit_rule, matches
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.model import Run, Settings

SETS, IF_PRESENT, LEAVES, STOPS = "sets", "sets if present", "leaves as it is", "stops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run and one variable."""

    run: str
    result: str
    """``sets``, ``sets if present``, ``leaves as it is``, or ``stops`` (the run does not start at all)."""
    reason: str | None = None
    selected_at: Location | None = None
    """Where the run lists the credential, or the LLM config that needs it."""
    inherited: str | None = None
    """What happens to the inherited value; None where there is none."""


def outcome_of(
    settings: Settings, layers: Layers, name: str, run: Run, environ: Mapping[str, str], now: datetime
) -> Outcome:
    """Return what the run does, as far as names tell."""
    inherited = what_is_inherited(settings, name, run, environ)
    try:
        plan = make_plan(settings, select(settings, run=run.name) if run.name else Selection(run, ()), now=now)
    except OrqoVaultError as error:
        return Outcome(run=run.name, result=STOPS, reason=str(error), inherited=inherited)
    planned = next((each for each in plan.variables if each.name == name), None)
    if planned is None:
        reason = "no credential of this run sets it"
        return Outcome(run=run.name, result=LEAVES, reason=reason, inherited=inherited)
    place = selected_at(settings, layers, run, planned.credential)
    if inherited != "inherited":
        return _setting(settings, planned, run, place, inherited)
    if run.on_conflict == "keep":
        return Outcome(
            run=run.name, result=LEAVES, reason="on_conflict: keep", selected_at=place, inherited="kept as it is"
        )
    if run.on_conflict == "error":
        reason = "already set in the environment, and on_conflict: error"
        return Outcome(run=run.name, result=STOPS, reason=reason, selected_at=place, inherited="inherited")
    return _setting(settings, planned, run, place, "overridden")


def what_is_inherited(settings: Settings, name: str, run: Run, environ: Mapping[str, str]) -> str | None:
    """Return what becomes of an inherited variable of that name, None where there is none."""
    if name not in environ:
        return None
    if matches(name, removed_variables(settings)):
        return "taken away: it opens a backend"
    rule = inherit_rule(run, clean=False)
    return "inherited" if rule is None or matches(name, rule) else "left out: inherit"


def selected_at(settings: Settings, layers: Layers, run: Run, credential_id: str) -> Location | None:
    """Return where the run names the credential, itself or through an LLM config; None where it does not."""
    return next(_naming(settings, layers, run, credential_id), None)


def _naming(settings: Settings, layers: Layers, run: Run, credential_id: str) -> Iterator[Location]:
    for index, each in enumerate(run.credentials):
        if each == credential_id:
            yield layers.location(("runs", run.name, "credentials", index))
    for index, each in enumerate(run.llm):
        if settings.llm[each].credential == credential_id:
            yield layers.location(("runs", run.name, "llm", index))


def _setting(
    settings: Settings, planned: PlannedVariable, run: Run, place: Location | None, inherited: str | None
) -> Outcome:
    if planned.sure:
        return Outcome(run=run.name, result=SETS, selected_at=place, inherited=inherited)
    optional = settings.credentials[planned.credential].optional
    reason = f"credential {planned.credential} is optional" if optional else f"{planned.field} is optional"
    return Outcome(run=run.name, result=IF_PRESENT, reason=reason, selected_at=place, inherited=inherited)
