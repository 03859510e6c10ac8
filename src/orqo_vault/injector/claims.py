"""Who sets which variable: decided from names alone, before anything is fetched."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from orqo_vault.credential import BoundField
from orqo_vault.errors import EnvironmentConflictError, UnsafeNameError
from orqo_vault.variables import refusal

Origin = tuple[str, str]
"""Credential id and field."""


def claims(selected: Mapping[str, tuple[BoundField, ...]], *, allow: Collection[str] = ()) -> dict[str, Origin]:
    """Return variable → (credential id, field) for a selection of id → fields, in its order.

    ``allow`` is the run's ``allow_variables``. Raises :class:`~orqo_vault.errors.UnsafeNameError` for names it does
    not open, and :class:`~orqo_vault.errors.EnvironmentConflictError` when two fields would set one variable; both
    name everything that is wrong.
    """
    wanted: dict[str, list[Origin]] = {}
    for credential_id, fields in selected.items():
        for field in fields:
            for variable in field.variables:
                wanted.setdefault(variable, []).append((credential_id, field.name))
    _refuse_unsafe(wanted, allow)
    _refuse_contested(wanted)
    return {variable: origins[0] for variable, origins in wanted.items()}


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


def _refuse_contested(wanted: Mapping[str, list[Origin]]) -> None:
    contested = {variable: origins for variable, origins in wanted.items() if len(origins) > 1}
    if contested:
        raise EnvironmentConflictError(
            "; ".join(f"{variable} would be set by {_owners(origins)}" for variable, origins in contested.items()),
            hint="select one of them, or rename with env:",
        )


def _owners(origins: list[Origin]) -> str:
    return " and ".join(f"{credential_id!r} ({field})" for credential_id, field in origins)
