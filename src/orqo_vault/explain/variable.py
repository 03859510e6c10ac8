"""Why a variable has the value it has in each run, and why it has none in others."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from orqo_vault.explain.outcome import LEAVES, Outcome, outcome_of, what_is_inherited
from orqo_vault.explain.source import Source, dropped, sources
from orqo_vault.planner.plan import OURS
from orqo_vault.run.child_environment import matches
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.model import Run, Settings
from orqo_vault.variables import refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableExplained:
    """Everything the settings and names tell about one variable."""

    name: str
    sources: tuple[Source, ...]
    """The fields that set it; more than one where no run has both."""
    outcomes: tuple[Outcome, ...]
    """Every declared run, in the order of the file."""
    inherited: str | None
    """What a run without rules of its own does to the inherited value; None where there is none."""
    reasons: tuple[str, ...]
    """Why nothing sets it; empty where something does."""


def explain_variable(
    settings: Settings, layers: Layers, name: str, environ: Mapping[str, str], now: datetime
) -> VariableExplained:
    """Return why ``name`` is set as it is. Reads no secret and opens no backend."""
    found = tuple(
        source
        for credential in settings.credentials.values()
        for source in sources(settings, layers, credential)
        if source.variable == name
    )
    outcomes = tuple(outcome_of(settings, layers, name, run, environ, now) for run in settings.runs.values())
    return VariableExplained(
        name=name,
        sources=found,
        outcomes=outcomes if found else tuple(each for each in outcomes if each.result != LEAVES or each.inherited),
        inherited=what_is_inherited(settings, name, Run(name=""), environ),
        reasons=() if found else tuple(_reasons(settings, layers, name)),
    )


def _reasons(settings: Settings, layers: Layers, name: str) -> Iterator[str]:
    refused = refusal(name)
    if refused is not None:
        allowed = refusal(name, allowed=(name,)) is None
        yield f"it {refused}{f'; only a run can allow it: allow_variables: [{name}]' if allowed else ''}"
    opens = [f"backend {each.name}" for each in settings.backends.values() if matches(name, each.bootstrap_variables)]
    if opens or matches(name, (OURS,)):
        yield f"no child inherits it: it is for {', '.join(opens) or 'orqo-vault itself'}"
    instead = list(dropped(settings, layers, name))
    for each in instead:
        verb = f"is {each.variable}" if each.variable is not None else "is not handed over"
        place = f" ({each.named_at[0]})" if each.named_at else ""
        yield f"{each.credential}.{each.field} would set it, and {verb}: {each.named_by}{place}"
    if instead:
        return
    known = {variable for contract in settings.contracts.values() for bound in contract for variable in bound.variables}
    near = difflib.get_close_matches(name, sorted(known), n=1)
    yield f"no credential is declared that sets it{f'; did you mean {near[0]}?' if near else ''}"
