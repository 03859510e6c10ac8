"""Prepares a run: from a plan to everything its child gets, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orqo_vault.credential import Credential
from orqo_vault.injector import Selected, build_environment
from orqo_vault.planner import Plan
from orqo_vault.planner.availability import refuse_what_is_not_available
from orqo_vault.vault.auditing import Asking, uses_of_run
from orqo_vault.vault.leases import hold_leases
from orqo_vault.vault.prepared import PreparedRun
from orqo_vault.vault.reading import read_secrets

if TYPE_CHECKING:
    from orqo_vault.vault.vault import Vault


def prepare_run(vault: Vault, *, only: Iterable[str] | None, run: str | None, allow_disk: bool) -> PreparedRun:
    """Return what :meth:`orqo_vault.vault.Vault.prepare` promises."""
    plan = vault.plan(only=only, run=run)
    if allow_disk:
        plan = replace(plan, run=replace(plan.run, allow_disk=True))
    refuse_what_is_not_available(plan)
    if plan.deliveries:
        from orqo_vault.run.deliverable import refuse_undeliverable  # few runs have a file

        refuse_undeliverable(plan, vault.surroundings.environ)
    credentials = [vault.credentials[each.id] for each in plan.credentials]
    with vault.asking("run", credentials, run=plan.run.name or None) as asked:
        return _prepared(vault, plan, credentials, asked)


def _prepared(vault: Vault, plan: Plan, credentials: Sequence[Credential], asked: Asking) -> PreparedRun:
    contracts = vault.settings.contracts
    read = [vault.credentials[each.id] for each in plan.credentials if each.backend is not None]
    stored = read_secrets(vault.backends, read, contracts, vault.surroundings.seconds)
    lent = hold_leases(vault.backends, read, stored)
    try:
        secrets = {credential_id: found.secret for credential_id, found in stored.items()}
        selected = [Selected(each, contracts[each.id], secrets.get(each.id)) for each in credentials]
        environment = build_environment(selected, allow=plan.run.allow_variables)
        prepared = PreparedRun(plan, environment, lent, uses_of_run(credentials, stored, environment))
        asked.granted(prepared.uses, run_id=prepared.id)
    except BaseException:
        lent.close()
        raise
    prepared.deliver(vault.surroundings.environ)
    return prepared
