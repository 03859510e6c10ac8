"""Prepares a run: from a plan to everything its child gets, all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from orqo_vault.backend import Stored
from orqo_vault.credential import Credential
from orqo_vault.injector import Selected, build_environment
from orqo_vault.planner import Plan
from orqo_vault.planner.availability import refuse_what_is_not_available
from orqo_vault.planner.plan import contract_in_run
from orqo_vault.vault.auditing import Asking, uses_of_run
from orqo_vault.vault.leases import hold_leases
from orqo_vault.vault.prepared import PreparedRun
from orqo_vault.vault.reading import read_secrets

if TYPE_CHECKING:
    from orqo_vault.vault.lending import LentKeys
    from orqo_vault.vault.vault import Vault


def prepare_run(
    vault: Vault, *, only: Iterable[str] | None, run: str | None, allow_disk: bool, keep_alive: bool
) -> PreparedRun:
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
        prepared = _prepared(vault, plan, credentials, asked)
    if keep_alive:
        prepared.keep_alive(vault.surroundings.context(vault.settings, "platform keys").notify)
    return prepared


def _prepared(vault: Vault, plan: Plan, credentials: Sequence[Credential], asked: Asking) -> PreparedRun:
    run_id = os.urandom(8).hex()
    read = [vault.credentials[each.id] for each in plan.credentials if each.backend is not None]
    with ExitStack() as undo:
        platform = _borrowed(vault, plan, run_id, undo)
        stored = read_secrets(vault.backends, read, vault.settings.contracts, vault.surroundings.seconds)
        leases = hold_leases(vault.backends, read, stored)
        undo.callback(leases.close)
        if platform is not None:
            stored |= platform.stored()
        environment = build_environment(_selected(vault, credentials, stored), allow=plan.run.allow_variables)
        uses = uses_of_run(credentials, stored, environment)
        prepared = PreparedRun(plan, environment, leases, uses, run_id=run_id, platform=platform)
        asked.granted(prepared.uses, run_id=run_id)
        prepared.deliver(vault.surroundings.environ)
        undo.pop_all()
    return prepared


def _borrowed(vault: Vault, plan: Plan, run_id: str, undo: ExitStack) -> LentKeys | None:
    if not plan.platform:
        return None
    from orqo_vault.vault.lending import borrow  # with a ledger or a gateway: few runs have a platform key

    lent = borrow(vault, plan, run_id)
    undo.callback(lent.cancel)
    return lent


def _selected(vault: Vault, credentials: Iterable[Credential], stored: Mapping[str, Stored]) -> list[Selected]:
    operator = vault.surroundings.operator
    found = {credential_id: each.secret for credential_id, each in stored.items()}
    return [Selected(each, contract_in_run(vault.settings, each, operator), found.get(each.id)) for each in credentials]
