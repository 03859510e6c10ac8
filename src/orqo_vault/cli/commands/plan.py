"""``orqo-vault plan``: what a run would do, in names."""

from __future__ import annotations

from collections.abc import Iterator

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, selection_options
from orqo_vault.cli.printing import print_json, print_lists
from orqo_vault.cli.selection import selected
from orqo_vault.credential import Mode
from orqo_vault.planner import Plan, PlannedCredential, PlannedVariable
from orqo_vault.run.child_environment import inherited, matches, overridden


@click.command("plan", cls=Command)
@selection_options
@click.option("--clean-env", is_flag=True, help="As for run: inherit only PATH, HOME, locale and the like.")
@json_option
@pass_invocation
def command(
    invocation: Invocation, run_name: str | None, only: tuple[str, ...], clean_env: bool, as_json: bool
) -> None:
    """Show what a run would set, read and take away, by name. Reads no secret and opens no backend."""
    selection = selected(only, run_name)
    plan = invocation.vault().plan(only=selection.only, run=selection.run)
    kept = inherited(invocation.environ, run=plan.run, removed=plan.removed, clean=clean_env)
    overrides = overridden(kept, [each.name for each in plan.variables])
    taken_away = sorted(name for name in invocation.environ if matches(name, plan.removed))
    if as_json:
        print_json(_as_object(plan, overrides, taken_away))
    else:
        print_lists(_lists(plan, overrides, taken_away))


def _lists(plan: Plan, overrides: list[str], taken_away: list[str]) -> Iterator[tuple[str, list[str]]]:
    if plan.run.name:
        yield "run", [plan.run.name]
    yield "uses", [_credential(each) for each in plan.credentials]
    yield "sets", [_variable(each) for each in plan.variables if each.sure]
    yield "sets if present", [_variable(each) for each in plan.variables if not each.sure]
    verb = {"override": "overrides", "keep": "keeps as inherited", "error": "stops: already set"}
    yield verb[plan.run.on_conflict], overrides
    yield "takes away", taken_away
    yield "never inherited", list(plan.removed)
    yield "inherits", [plan.run.inherit] if isinstance(plan.run.inherit, str) else list(plan.run.inherit)
    yield "reads", [f"{backend}: {path}" for backend, paths in plan.reads.items() for path in paths]


def _credential(each: PlannedCredential) -> str:
    facts = ["platform key"] if each.mode is Mode.PLATFORM else []
    if each.optional:
        facts.append("optional")
    return f"{each.id} ({', '.join(facts)})" if facts else each.id


def _variable(each: PlannedVariable) -> str:
    how = "" if each.deliver == "env" else f" ({each.deliver})"
    return f"{each.name} from {each.credential}.{each.field}{how}"


def _as_object(plan: Plan, overrides: list[str], taken_away: list[str]) -> dict[str, object]:
    return {
        "run": plan.run.name or None,
        "credentials": [
            {
                "id": each.id,
                "mode": each.mode.value,
                "backend": each.backend,
                "path": each.path,
                "optional": each.optional,
            }
            for each in plan.credentials
        ],
        "sets": [_variable_object(each) for each in plan.variables if each.sure],
        "sets_if_present": [_variable_object(each) for each in plan.variables if not each.sure],
        "on_conflict": plan.run.on_conflict,
        "overrides": overrides,
        "removed": taken_away,
        "never_inherited": list(plan.removed),
        "inherit": plan.run.inherit if isinstance(plan.run.inherit, str) else list(plan.run.inherit),
        "reads": {backend: list(paths) for backend, paths in plan.reads.items()},
    }


def _variable_object(each: PlannedVariable) -> dict[str, str]:
    return {"name": each.name, "credential": each.credential, "field": each.field, "deliver": each.deliver}
