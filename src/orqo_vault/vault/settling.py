"""Ends requests that no gateway can end any more: charged as the provider or somebody trusted says, or cancelled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from orqo_vault.credits import Cost, Tokens, credits_text
from orqo_vault.errors import HoldEndedError
from orqo_vault.ledger import Request, Settlement
from orqo_vault.platform_keys import hold_id
from orqo_vault.prices import PriceBook
from orqo_vault.vault.ledger_access import LedgerAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What somebody who is trusted says that one request used."""

    run: str
    credential: str
    model: str
    """``provider:model``, as prices are listed."""
    tokens: Tokens
    reference: str


def settle_request(
    access: LedgerAccess, organization: str, reference: str, tokens: Tokens | None, *, reason: str | None = None
) -> Settlement:
    """Charge a request that was started: for the tokens that somebody reports, else what was held for it.

    Charged once; the same again gives the same answer, another cost is an error.
    """
    with access.moving("credits-settle", organization, what=f"request {reference!r}", reason=reason) as ledger:
        request = _found(access, organization, reference)
        if tokens is None:
            cost = Cost(amount=request.cost if request.state == "settled" else request.drawn)
        else:
            prices = PriceBook(access.operator.prices)
            cost = prices.cost(f"{request.provider}:{request.model}", tokens, at=request.started_at)
        return ledger.settle(
            organization,
            reference,
            tokens=tokens or Tokens(),
            cost=cost,
            metered="estimated" if tokens is None else "reported",
        )


def cancel_request(access: LedgerAccess, organization: str, reference: str, *, reason: str | None = None) -> Request:
    """End a request that cost nothing, and give back what was held for it. One that was settled stays settled."""
    with access.moving("credits-cancel", organization, what=f"request {reference!r}", reason=reason) as ledger:
        return ledger.cancel(organization, reference)


def report_request(
    access: LedgerAccess, organization: str, reported: Reported, *, last: bool = False, reason: str | None = None
) -> Settlement:
    """Charge a run for a request that nobody metered, once for each reference. ``last``: that was all it used."""
    cost = PriceBook(access.operator.prices).cost(reported.model, reported.tokens)
    what = f"request {reported.reference!r} of run {reported.run!r}: {credits_text(cost.amount)} credits"
    hold = hold_id(reported.run, reported.credential)
    with access.moving("credits-report", organization, what=what, reason=reason) as ledger:
        settled = ledger.settle(
            organization,
            reported.reference,
            tokens=reported.tokens,
            cost=cost,
            metered="reported",
            hold=hold,
            model=reported.model.partition(":")[2],
        )
        if not last:
            return settled
        ledger.release(organization, hold)
        return replace(settled, available=ledger.balance(organization).available)


def _found(access: LedgerAccess, organization: str, reference: str) -> Request:
    request = access.ledger.find_request(organization, reference)
    if request is None:
        raise HoldEndedError(
            f"organization '{organization}' has no request '{reference}'",
            hint="credits unsettled lists those whose end is unknown; credits report charges one that nobody started",
        )
    return request
