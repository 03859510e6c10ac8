"""Who sets which variable and which file: decided from names alone, before anything is fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from orqo_vault.credential import BoundField
from orqo_vault.errors import EnvironmentConflictError, UnsafeNameError
from orqo_vault.variables import refusal

Origin = tuple[str, str]
"""Credential id and field."""


def claims(selected: Mapping[str, tuple[BoundField, ...]], *, allow: Collection[str] = ()) -> dict[str, Origin]:
    """Return variable → (credential id, field) for a selection of id → fields, in its order.

    ``allow`` is the run's ``allow_variables``. Raises :class:`~orqo_vault.errors.UnsafeNameError` for names it does
    not open, and :class:`~orqo_vault.errors.EnvironmentConflictError` when two fields would set one variable or be
    one file; both name everything that is wrong. The keys of one agent share its variable: the first stands for all.
    """
    wanted: dict[str, list[Origin]] = {}
    in_agent: dict[str, list[Origin]] = {}
    places: dict[str, list[Origin]] = {}
    for credential_id, fields in selected.items():
        for field in fields:
            origin = (credential_id, field.name)
            for variable in field.variables:
                (in_agent if field.deliver == "agent" else wanted).setdefault(variable, []).append(origin)
            for place in _places(credential_id, field):
                places.setdefault(place, []).append(origin)
    _refuse_unsafe(wanted, allow)
    held = {variable: origins[:1] for variable, origins in in_agent.items()}
    _refuse_contested({**wanted, **{name: [*wanted.get(name, ()), *first] for name, first in held.items()}}, "set")
    _refuse_contested(places, "made")
    return {variable: origins[0] for variable, origins in {**held, **wanted}.items()}


def file_name(credential_id: str, field: BoundField) -> str:
    """Return what the field's file is called in the folder of the run."""
    return field.file_name or f"{credential_id}.{field.name}"


def _places(credential_id: str, field: BoundField) -> Iterator[str]:
    if field.deliver == "file":
        yield f"file {file_name(credential_id, field)}"
    if field.link is not None:
        yield field.link


def _refuse_unsafe(wanted: Mapping[str, list[Origin]], allow: Collection[str]) -> None:
    unsafe = {variable: reason for variable in wanted if (reason := refusal(variable, allowed=allow)) is not None}
    if not unsafe:
        return
    said = [f"{_owners(wanted[variable])} would set {variable!r}, which {why}" for variable, why in unsafe.items()]
    openable = [variable for variable in unsafe if refusal(variable, allowed=(variable,)) is None]
    raise UnsafeNameError(
        "; ".join(said),
        hint=f"rename it with env:, or let one run have it: allow_variables: [{', '.join(openable)}]"
        if openable
        else "rename it with env:",
    )


def _refuse_contested(wanted: Mapping[str, list[Origin]], verb: str) -> None:
    contested = {name: origins for name, origins in wanted.items() if len(origins) > 1}
    if contested:
        raise EnvironmentConflictError(
            "; ".join(f"{name} would be {verb} by {_owners(origins)}" for name, origins in contested.items()),
            hint=f"select one of them, or rename with {'env' if verb == 'set' else 'deliver'}:",
        )


def _owners(origins: list[Origin]) -> str:
    return " and ".join(f"{credential_id!r} ({field})" for credential_id, field in origins)
