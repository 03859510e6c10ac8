"""What may go into a ledger at all."""

from __future__ import annotations

from datetime import timedelta

from orqo_vault.credits import LARGEST
from orqo_vault.errors import CreditsError

_LONGEST_TEXT = 500
_LONGEST_TIME = timedelta(days=366)


def checked_amount(amount: int, *, least: int = 1) -> int:
    """Return the amount, or refuse it: a float, a truth value, or a number that no account should see."""
    if type(amount) is not int or not least <= amount <= LARGEST:
        raise CreditsError(f"an amount is a whole number of micro-credits from {least} to {LARGEST}")
    return amount


def checked_text(text: str) -> str:
    """Return a name or a reference; what is empty, endless or cannot be printed is refused."""
    if not text or len(text) > _LONGEST_TEXT or not text.isprintable():
        raise CreditsError(f"names and references in the ledger are 1 to {_LONGEST_TEXT} printable characters")
    return text


def checked_time(lasts: timedelta) -> int:
    """Return how long in microseconds."""
    if not timedelta(0) < lasts <= _LONGEST_TIME:
        raise CreditsError(f"a hold lasts at most {_LONGEST_TIME.days} days, and longer than nothing")
    return lasts // timedelta(microseconds=1)
