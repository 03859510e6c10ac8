"""``orqo-vault explain``: why a variable has the value it has, in names and places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_facts, print_json
from orqo_vault.errors import Location
from orqo_vault.explain import (
    CredentialExplained,
    Outcome,
    Source,
    VariableExplained,
    explain_credential,
    explain_variable,
)


@click.command("explain", cls=Command)
@click.argument("name", metavar="VAR|ID")
@json_option
@pass_invocation
def command(invocation: Invocation, name: str, as_json: bool) -> None:
    """Say why a variable has the value it has, or why it is not set: which credential and field, which line of which
    settings file, which runs. With the ID of a credential: all it sets, and who uses it.

    Never the value: no secret is read.
    """
    settings, layers, now = invocation.settings(), invocation.layers(), datetime.now(UTC)
    if name in settings.credentials:
        told = explain_credential(settings, layers, name, now)
        print_json(_credential_object(told)) if as_json else print_facts(_credential_facts(told))
        return
    found = explain_variable(settings, layers, name, invocation.environ, now)
    print_json(_variable_object(found)) if as_json else print_facts(_variable_facts(found))


def _variable_facts(told: VariableExplained) -> Iterator[tuple[str, str]]:
    yield "variable", told.name
    for reason in told.reasons:
        yield "not set", reason
    for source in told.sources:
        yield "comes from", f"{source.credential}.{source.field}{_secrecy(source)}"
        yield from _source_facts(source)
    for outcome in told.outcomes:
        yield f"run {outcome.run}", _outcome(outcome)
    if told.sources and not any(each.selected_at for each in told.outcomes):
        yield "runs", f"none selects it: orqo-vault run --only {told.sources[0].credential}"
    yield "in this environment", f"set; a run without rules: {told.inherited}" if told.inherited else "not set"


def _source_facts(source: Source) -> Iterator[tuple[str, str]]:
    instead = f", instead of {', '.join(source.instead_of)}" if source.instead_of else ""
    yield "named by", f"{source.named_by}{instead}{_at(source.named_at)}"
    yield "value", f"{source.value_from}{_at(source.value_at)}"
    if source.deliver != "env":
        yield "delivery", source.deliver
    if source.mode != "own":
        yield "mode", source.mode


def _credential_facts(told: CredentialExplained) -> Iterator[tuple[str, str]]:
    yield "credential", told.credential.id
    for obstacle in told.obstacles:
        yield "in no run", obstacle
    for key, places in told.declared.items():
        yield key, _at(places).strip()
    for source in told.sources:
        renamed = f", {source.named_by}{_at(source.named_at)}" if source.instead_of else ""
        said = f"{source.field}{_secrecy(source)}{renamed}: {source.value_from}{_at(source.value_at)}"
        yield source.variable or "no variable", said
    for use, place in told.uses:
        yield use, str(place)
    if not told.uses:
        yield "used by", "no run and no llm config"


def _secrecy(source: Source) -> str:
    return " (secret)" if source.secret else ""


def _outcome(outcome: Outcome) -> str:
    parts = [
        outcome.result,
        f"({outcome.reason})" if outcome.reason else "",
        f"[{outcome.selected_at}]" if outcome.selected_at else "",
        f"the inherited value: {outcome.inherited}" if outcome.inherited else "",
    ]
    return " ".join(part for part in parts if part)


def _at(places: Iterable[Location]) -> str:
    said = [str(place) for place in places]
    return f"  [{', over '.join(said)}]" if said else ""


def _variable_object(told: VariableExplained) -> Any:
    return _plain(asdict(told))


def _credential_object(told: CredentialExplained) -> Any:
    return _plain(
        {
            "credential": told.credential.id,
            "declared": told.declared,
            "sources": [asdict(each) for each in told.sources],
            "uses": [{"by": use, "at": place} for use, place in told.uses],
            "obstacles": told.obstacles,
        }
    )


def _plain(value: Any) -> Any:
    """Return data with places as text, as every other command prints them."""
    if isinstance(value, Location):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
