"""Settles what a run reports to have used: for callers whom the operator trusts, since nobody else has counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orqo_vault.credential import Credential, Mode
from orqo_vault.credits import Cost, Tokens, credits_text
from orqo_vault.errors import AccessDeniedError, CreditsError
from orqo_vault.ledger import Ledger, Use
from orqo_vault.planner.lookup import lookup
from orqo_vault.platform_keys import hold_id
from orqo_vault.plugins import platform_provider
from orqo_vault.prices import PriceBook
from orqo_vault.settings.operator_model import Operator
from orqo_vault.vault.auditing import use
from orqo_vault.vault.lending import operators_ledger
from orqo_vault.vault.prepared import PreparedRun

if TYPE_CHECKING:
    from orqo_vault.vault.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one request to a provider used."""

    credential: str
    model: str
    """``provider:model``, as prices are listed."""
    tokens: Tokens
    reference: str
    """The caller's own name of the request, once in an organization: what is reported twice is charged once."""


def report(vault: Vault, run: PreparedRun | str, usage: Iterable[Usage]) -> None:
    """Do what :meth:`orqo_vault.vault.Vault.settle` promises."""
    reported = list(usage)
    credentials = {each.credential: lookup(vault.credentials, each.credential, "credential") for each in reported}
    run_id = run.id if isinstance(run, PreparedRun) else run
    operator, organization = vault.surroundings.operator, vault.surroundings.organization
    if operator is not None and organization is None:
        raise AccessDeniedError(
            "usage cannot be settled: the operator's file counts this OS user to no organization",
            hint="the operator lists it under organizations: NAME: {users: […]}",
        )
    with operators_ledger(operator) as ledger:
        assert organization is not None  # there is a ledger, so there is an operator's file
        for each in reported:
            _settle(vault, ledger, run_id, credentials[each.credential], each)
        hosted = [id for id, credential in credentials.items() if credential.mode is Mode.PLATFORM]
        if isinstance(run, PreparedRun):
            for credential_id in hosted:
                if run.platform is not None:
                    run.platform.by_credential[credential_id].reported = True
        else:
            for credential_id in hosted:
                ledger.release(organization, hold_id(run_id, credential_id))


def _settle(vault: Vault, ledger: Ledger, run: str, credential: Credential, usage: Usage) -> None:
    """Record and charge one request. The record comes first: what cannot be recorded may be what must not happen."""
    operator, organization = vault.surroundings.operator, vault.surroundings.organization
    assert operator is not None  # report() has seen both
    assert organization is not None
    provider = credential.provider or usage.model.partition(":")[0]
    hosted = credential.mode is Mode.PLATFORM
    if hosted:
        _refuse_metered(operator, provider, credential)
    cost = PriceBook(operator.prices).cost(usage.model, usage.tokens) if hosted else Cost(amount=0)
    model = usage.model.partition(":")[2]
    acting = vault.acting(target=f"request {usage.reference!r} of run {run!r}: {credits_text(cost.amount)} credits")
    with acting.asking("settle", [credential], run_id=run) as asking:
        asking.granted([use(credential, None, ())])
        if not hosted:
            own = Use(organization=organization, run=run, credential=credential.id, provider=provider, model=model)
            ledger.record_own(own, usage.reference, tokens=usage.tokens)
            return
        hold = hold_id(run, credential.id)
        ledger.settle(
            organization, usage.reference, tokens=usage.tokens, cost=cost, metered="reported", hold=hold, model=model
        )


def _refuse_metered(operator: Operator, provider: str, credential: Credential) -> None:
    supplier = operator.platform_providers.get(provider)
    if supplier is not None and platform_provider(supplier.type).metered:
        raise CreditsError(
            f"usage of {credential.id!r} is metered on its way to the provider, and nothing else is charged for it"
        )
