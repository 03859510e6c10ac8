"""What a declaration would become: the variables a run would find, and what is wrong with them, before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orqo_vault.credential import BoundField
from orqo_vault.edit.usage import uses, uses_of_llm
from orqo_vault.errors import OrqoVaultError
from orqo_vault.planner.lookup import lookup
from orqo_vault.settings.model import Settings
from orqo_vault.variables import refusal
from orqo_vault.vault import Vault
from orqo_vault.web.service.changes import declared_change
from orqo_vault.web.service.editing import editor_of


@dataclass(frozen=True, slots=True)
class Injected:
    """One variable, and the field whose value it would carry; or, with ``deliver``, how it leads there."""

    name: str
    field: str
    secret: bool
    deliver: str
    refused: str | None
    """Why no run may be given that name, in words that follow it; a run can allow some of them."""
    also_set_by: tuple[str, ...]
    """Other credentials that set the same variable: never with this one in one run."""
    conflicts_in: tuple[str, ...]
    """The runs that would stop because both are in them."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of a declaration. ``problem`` is the first thing that makes it invalid, None where it is fine."""

    variables: tuple[Injected, ...]
    problem: str | None
    hint: str | None
    code: str | None
    warnings: tuple[str, ...]


def preview_new(vault: Vault, credential_id: str, entry: Mapping[str, Any]) -> Preview:
    """Return what the entry would become as a new credential. Nothing is written."""
    return _preview(vault, credential_id, lambda: editor_of(vault).preview("credentials", credential_id, entry))


def preview_change(vault: Vault, credential_id: str, changes: Mapping[str, Any]) -> Preview:
    """Return what a declared credential would become with these changes. Nothing is written."""

    def make() -> Settings:
        before = lookup(vault.credentials, credential_id, "credential")
        return editor_of(vault).preview_change(
            "credentials", credential_id, declared_change(before, changes, "destroy")
        )

    return _preview(vault, credential_id, make)


def _preview(vault: Vault, credential_id: str, make: Callable[[], Settings]) -> Preview:
    try:
        settings = make()
    except OrqoVaultError as error:
        return Preview((), error.message, error.hint, error.code, ())
    new = tuple(each for each in settings.warnings if each not in vault.settings.warnings)
    return Preview(injected(settings, credential_id), None, None, None, new)


def injected(settings: Settings, credential_id: str) -> tuple[Injected, ...]:
    """Return the variables that a declared credential sets, and who else sets them."""
    contract = settings.contracts[credential_id]
    owners = _owners(settings, {name for bound in contract for name in bound.variables}, credential_id)
    together = {other: _shared_runs(settings, credential_id, other) for ids in owners.values() for other in ids}
    return tuple(
        _injected(bound, name, owners.get(name, ()), together) for bound in contract for name in bound.variables
    )


def _injected(
    bound: BoundField, name: str, owners: tuple[str, ...], together: Mapping[str, tuple[str, ...]]
) -> Injected:
    shared = () if bound.deliver == "agent" else owners  # one agent holds the keys of many
    return Injected(
        name=name,
        field=bound.name,
        secret=bound.secret,
        deliver=bound.deliver,
        refused=refusal(name, allowed=(name,) if bound.deliver == "agent" else ()),
        also_set_by=shared,
        conflicts_in=tuple(sorted({run for other in shared for run in together[other]})),
    )


def _owners(settings: Settings, names: set[str], but: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for credential_id, contract in settings.contracts.items():
        for bound in contract:
            for name in bound.variables:
                if name in names and credential_id != but:
                    found.setdefault(name, {})[credential_id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _shared_runs(settings: Settings, one: str, other: str) -> tuple[str, ...]:
    return tuple(sorted(runs_of(settings, one) & runs_of(settings, other)))


def runs_of(settings: Settings, credential_id: str) -> set[str]:
    """Return the runs that need a credential, themselves or through an LLM config."""
    found: set[str] = set()
    for each in uses(settings, credential_id):
        kind, _, name = each.partition(" ")
        named = (each,) if kind == "run" else uses_of_llm(settings, name)
        found.update(run.removeprefix("run ") for run in named)
    return found
