"""The ledger: whole micro-credits in double entries, holds for runs in flight, and what every request used."""

from __future__ import annotations

from orqo_vault.ledger.ledger import Ledger
from orqo_vault.ledger.opening import open_ledger
from orqo_vault.ledger.records import (
    Balance,
    Discrepancy,
    Hold,
    Lot,
    Movement,
    Request,
    Settlement,
    UsageLine,
    Use,
)

__all__ = [
    "open_ledger",
    "Ledger",
    "Use",
    "Hold",
    "Request",
    "Settlement",
    "Balance",
    "Movement",
    "Lot",
    "UsageLine",
    "Discrepancy",
]
