"""Credits as whole micro-credits, the tokens they pay for, and what those cost. No figure here is ever a float."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

MICRO = 1_000_000
"""Micro-credits in one credit."""
LARGEST = 10**15
"""The largest single amount, in micro-credits: a billion credits. Nine thousand of them fit 64 bits."""
# USD for a million tokens. Outside of this the unit is another one, and a wrong unit empties every account or none.
HIGHEST_PRICE = 10_000
LOWEST_PRICE = Decimal("0.0001")

_CREDITS = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)


def micro_credits(text: str) -> int:
    """Return the whole micro-credits of a decimal number of credits; ValueError if it is none, or finer than one."""
    if not _CREDITS.fullmatch(text):
        raise ValueError("must be a decimal number of credits with at most six decimals")
    amount = int(Decimal(text).scaleb(6))
    if abs(amount) > LARGEST:
        raise ValueError(f"must not be more than {LARGEST // MICRO} credits")
    return amount


def credits_text(amount: int) -> str:
    """Return micro-credits as a decimal number of credits: every digit that counts, and no other."""
    whole, fraction = divmod(abs(amount), MICRO)
    digits = f"{fraction:06}".rstrip("0")
    return f"{'-' if amount < 0 else ''}{whole}{'.' if digits else ''}{digits}"


def rounded_up(usd: Fraction, usd_per_credit: Fraction) -> int:
    """Return what costs so much as micro-credits: a fraction of one counts as a whole one."""
    exact = usd * MICRO / usd_per_credit
    return -(-exact.numerator // exact.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What one request used. ``input`` counts all of it: cached and cache-writing tokens are parts of it."""

    input: int = 0
    output: int = 0
    cached_input: int = 0
    """Of ``input``: read from the provider's cache."""
    cache_write: int = 0
    """Of ``input``: written to it."""

    def __post_init__(self) -> None:
        parts = (self.input, self.output, self.cached_input, self.cache_write)
        if min(parts) < 0 or max(parts) > LARGEST or self.cached_input + self.cache_write > self.input:
            raise ValueError("tokens are not negative, and the cached ones are part of the input")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What tokens cost, with all that is needed to calculate it again."""

    amount: int
    """Micro-credits."""
    unit_prices: Mapping[str, str] = field(default_factory=dict)
    """USD for a million tokens by kind of token, the markup and the worth of a credit; decimal numbers as text."""
    price_version: str = ""
    """Whose prices these are."""
