"""``orqo-vault plan``: what a run would do, in names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, selection_options
from orqo_vault.cli.printing import print_json, print_lists
from orqo_vault.cli.selection import selected
from orqo_vault.credential import PLATFORM_KEY, Mode
from orqo_vault.errors import OrqoVaultError
from orqo_vault.planner import Plan, PlannedCredential, PlannedVariable
from orqo_vault.planner.delivery import PlannedDelivery
from orqo_vault.run.changes import Changes, changes, obstacles
from orqo_vault.run.child_environment import inherit_rule
from orqo_vault.vault.call_counts import BackendReads, planned_reads

HAPPENS = {"override": "overrides", "keep": "keeps as inherited", "error": "stops: already set"}


@click.command("plan", cls=Command)
@selection_options
@click.option("--clean-env", is_flag=True, help="As for run: inherit only PATH, HOME, locale and the like.")
@json_option
@pass_invocation
def command(
    invocation: Invocation, run_name: str | None, only: tuple[str, ...], clean_env: bool, as_json: bool
) -> None:
    """Show what a run would set, read and take away, by name. Reads no secret and asks no server.

    The same settings and the same environment give the same plan, byte by byte.
    """
    selection = selected(only, run_name)
    vault = invocation.vault()
    plan = vault.plan(only=selection.only, run=selection.run)
    changed = changes(invocation.environ, plan, vault.settings, clean=clean_env)
    stops = obstacles(invocation.environ, plan, clean=clean_env)
    reads = planned_reads(vault, plan)
    if as_json:
        print_json(_as_object(plan, changed, stops, reads) | {"inherit": _inherit(plan, clean_env)})
    else:
        print_lists(_lists(plan, changed, stops, reads, _inherit(plan, clean_env)))


def _inherit(plan: Plan, clean: bool) -> str | list[str]:
    rule = inherit_rule(plan.run, clean)
    return "all" if rule is None else list(rule) or "none"


def _lists(
    plan: Plan,
    changed: Changes,
    stops: list[OrqoVaultError],
    reads: tuple[BackendReads, ...],
    inherit: str | list[str],
) -> Iterator[tuple[str, list[str]]]:
    if plan.run.name:
        yield "run", [plan.run.name]
    yield "stops", [str(error) for error in stops]
    yield "uses", [_credential(each) for each in plan.credentials]
    yield "sets", [_variable(each) for each in plan.variables if each.sure]
    yield "sets if present", [_variable(each) for each in plan.variables if not each.sure]
    yield "delivers", [_delivery(each) for each in plan.deliveries]
    yield HAPPENS[plan.run.on_conflict], list(changed.contested)
    yield "takes away", list(changed.removed)
    yield "passes on, though a credential outside of this run sets it", list(changed.passed_on)
    yield "never inherited", list(plan.removed)
    left_out = f" ({len(changed.left_out)} left out)" if changed.left_out else ""
    yield "inherits", [(inherit if isinstance(inherit, str) else ", ".join(inherit)) + left_out]
    yield "reads", [f"{backend}: {path}" for backend, paths in plan.reads.items() for path in paths]
    yield "calls", [_calls(each) for each in reads]
    yield "credits to reserve", [_credits(plan)]


def _credential(each: PlannedCredential) -> str:
    facts = [PLATFORM_KEY] if each.mode is Mode.PLATFORM else []
    if each.optional:
        facts.append("optional")
    return f"{each.id} ({', '.join(facts)})" if facts else each.id


def _variable(each: PlannedVariable) -> str:
    how = "" if each.deliver == "env" else f" ({each.deliver})"
    return f"{each.name} from {each.credential}.{each.field}{how}"


def _delivery(each: PlannedDelivery) -> str:
    link = f", also as {each.link}" if each.link else ""
    return f"{each.credential}.{each.field} by {each.how}{link}"


def _calls(each: BackendReads) -> str:
    places = f"{each.places} place{'' if each.places == 1 else 's'}"
    if each.calls is None:
        return f"{each.backend}: {places}, each read once"
    login, reads, closing = each.calls
    return f"{each.backend}: {places}: {login} to log in, {reads} to read, {closing} to give back"


def _credits(plan: Plan) -> str:
    ids = _platform(plan)
    if not ids:
        return "-"
    return f"{plan.run.budget or 'no budget is declared'} ({', '.join(ids)})"


def _platform(plan: Plan) -> list[str]:
    return [each.id for each in plan.credentials if each.mode is Mode.PLATFORM]


def _as_object(
    plan: Plan, changed: Changes, stops: list[OrqoVaultError], reads: tuple[BackendReads, ...]
) -> dict[str, object]:
    platform = _platform(plan)
    return {
        "run": plan.run.name or None,
        "stops": [{"code": error.code, "message": str(error), "hint": error.hint} for error in stops],
        "credentials": [_credential_object(each) for each in plan.credentials],
        "sets": [_variable_object(each) for each in plan.variables if each.sure],
        "sets_if_present": [_variable_object(each) for each in plan.variables if not each.sure],
        "deliveries": [asdict(each) for each in plan.deliveries],
        "on_conflict": plan.run.on_conflict,
        "overrides": list(changed.contested) if plan.run.on_conflict == "override" else [],
        "keeps": list(changed.contested) if plan.run.on_conflict == "keep" else [],
        "removed": list(changed.removed),
        "never_inherited": list(plan.removed),
        "left_out": list(changed.left_out),
        "passed_on": list(changed.passed_on),
        "reads": {backend: list(paths) for backend, paths in plan.reads.items()},
        "calls": {
            each.backend: {"places": each.places, "requests": each.calls._asdict() if each.calls else None}
            for each in reads
        },
        "credits": {"reserve": plan.run.budget, "credentials": platform} if platform else None,
    }


def _credential_object(each: PlannedCredential) -> dict[str, object]:
    return {
        "id": each.id,
        "mode": each.mode.value,
        "supplied": each.supplied,
        "backend": each.backend,
        "path": each.path,
        "optional": each.optional,
    }


def _variable_object(each: PlannedVariable) -> dict[str, str]:
    return {"name": each.name, "credential": each.credential, "field": each.field, "deliver": each.deliver}
