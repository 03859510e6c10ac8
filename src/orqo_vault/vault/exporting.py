"""Exports the variables of a selection: prepared as a run is, so all or nothing, and without what ends with a run."""

from __future__ import annotations

from collections.abc import Iterable

from orqo_vault.credential import Mode
from orqo_vault.errors import DeliveryError
from orqo_vault.exchange.export import Exported, export
from orqo_vault.exchange.variable import Variable
from orqo_vault.planner import Plan
from orqo_vault.vault.prepared import PreparedRun
from orqo_vault.vault.vault import Vault

_AS_A_RUN = "leave it out with --only, or start the command with orqo-vault run"


def export_selection(
    vault: Vault, format_name: str, *, only: Iterable[str] | None = None, run: str | None = None, name: str
) -> Exported:
    """Return the selection's variables in a format; ``name`` is what the document calls itself, where it does.

    Raises what :meth:`Vault.prepare` raises, and :class:`~orqo_vault.errors.DeliveryError` for what no text can
    carry beyond the end of a run: files and agents, platform keys, leased secrets; and for values the format cannot
    hold.
    """
    chosen = tuple(only) if only is not None else None
    _refuse_what_ends_with_a_run(vault.plan(only=chosen, run=run))
    with vault.acting(event="export", target=format_name).prepare(only=chosen, run=run) as prepared:
        if prepared.leases:
            raise DeliveryError("a leased secret ends with its run and cannot be exported", hint=_AS_A_RUN)
        return export(format_name, _variables(vault, prepared), name=name)


def _refuse_what_ends_with_a_run(plan: Plan) -> None:
    delivered = [f"{each.credential}.{each.field} ({each.how})" for each in plan.deliveries]
    if delivered:
        raise DeliveryError(f"only variables can be exported: {', '.join(delivered)}", hint=_AS_A_RUN)
    hosted = [each.id for each in plan.credentials if each.mode is Mode.PLATFORM]
    if hosted:
        raise DeliveryError(
            f"a platform key belongs to its run and cannot be exported: {', '.join(hosted)}", hint=_AS_A_RUN
        )


def _variables(vault: Vault, prepared: PreparedRun) -> list[Variable]:
    secret = {
        (planned.id, bound.name)
        for planned in prepared.plan.credentials
        for bound in vault.settings.contracts[planned.id]
        if bound.secret
    }
    return [
        Variable(name=name, value=value, credential=origin[0], field=origin[1], secret=origin in secret)
        for name, value in prepared.variables.items()
        for origin in (prepared.variables.origins[name],)
    ]
