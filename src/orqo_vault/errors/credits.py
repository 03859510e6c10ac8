"""Credits, or the ledger that keeps them, do not allow it."""

from __future__ import annotations

from orqo_vault.errors.base import OrqoVaultError


class CreditsError(OrqoVaultError):
    """Credits, or the ledger that keeps them, do not allow it. Amounts are micro-credits."""

    exit_code = 7
    code = "credits"


class InsufficientCreditsError(CreditsError):
    """The organization does not have what is required, even if nothing were held: only a grant helps."""

    code = "insufficient_credits"
    available: int = 0
    required: int = 0


class HeldByRunsInFlightError(CreditsError):
    """There are enough credits, and runs in flight hold them: trying again after ``retry_after`` seconds may help."""

    code = "held_by_runs_in_flight"
    available: int = 0
    required: int = 0
    retry_after: int = 1


class BudgetExceededError(CreditsError):
    """The run would spend more than its own budget."""

    code = "budget_exceeded"
    budget: int = 0
    required: int = 0


class HoldEndedError(CreditsError):
    """The hold was settled, released or has expired, or there never was one of that name."""

    code = "hold_ended"


class ReferenceReusedError(CreditsError):
    """The reference stands for another movement; nothing was charged."""

    code = "reference_reused"


class UnknownPriceError(CreditsError):
    """The model has no price, or one that cannot be: it is refused, never free."""

    code = "unknown_price"


class LedgerError(CreditsError):
    """The database is not a ledger, is damaged, or was written by a newer release."""

    code = "ledger"


class LedgerDiffersError(LedgerError):
    """Figures that the ledger keeps are not what its entries add up to."""

    exit_code = 8
    code = "ledger_differs"
