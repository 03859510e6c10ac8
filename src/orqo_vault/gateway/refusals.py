"""What the gateway answers instead of forwarding, or instead of what a provider said: a status, a code, a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orqo_vault.errors import (
    BudgetExceededError,
    HeldByRunsInFlightError,
    HoldEndedError,
    InsufficientCreditsError,
    LedgerUnavailableError,
    OrqoVaultError,
    UnknownPriceError,
)


class RefusedError(OrqoVaultError):
    """A request that is answered by the gateway itself."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        facts: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
        retry: bool = False,
        close: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        """For programs."""
        self.facts = dict(facts or {})
        """More for programs; figures are micro-credits."""
        self.retry_after = retry_after
        self.retry = retry
        """Whether the same request may succeed later."""
        self.close = close
        """Whether what comes next on this connection cannot be trusted to be a request."""

    @property
    def headers(self) -> dict[str, str]:
        """What says the same to clients; both official SDKs heed ``x-should-retry``."""
        said = {"x-should-retry": "true" if self.retry else "false"}
        if self.retry_after is not None:
            said["retry-after"] = str(self.retry_after)
        if self.close:
            said["connection"] = "close"
        return said


def refused_by(error: OrqoVaultError) -> RefusedError:
    """Return what to answer for an error of the ledger or the prices."""
    if isinstance(error, RefusedError):
        return error
    for kind, status, reason, retry in _ANSWERS:
        if isinstance(error, kind):
            return RefusedError(
                status,
                reason,
                error.message if status != 503 else "the ledger cannot be reached; platform keys need it",
                facts={name: getattr(error, name) for name in _FIGURES if hasattr(error, name)},
                retry_after=getattr(error, "retry_after", None),
                retry=retry,
            )
    return RefusedError(500, "internal", "the gateway failed; its operator finds out more in its log")


_FIGURES = ("available", "required", "budget")
_ANSWERS: tuple[tuple[type[OrqoVaultError], int, str, bool], ...] = (
    (InsufficientCreditsError, 402, "insufficient_credits", False),
    (HeldByRunsInFlightError, 409, "held_by_in_flight", True),
    (BudgetExceededError, 402, "budget_exceeded", False),
    (HoldEndedError, 403, "run_ended", False),
    (UnknownPriceError, 403, "unknown_price", False),
    (LedgerUnavailableError, 503, "ledger_unavailable", True),
)
