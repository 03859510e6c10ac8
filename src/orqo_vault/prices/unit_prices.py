"""USD for a million tokens of each kind, and what tokens come to at those prices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from orqo_vault.credits import Tokens

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPrices:
    """Prices of one model. None: there is no such price, which is not the same as 0."""

    input: Decimal
    output: Decimal | None
    cached_input: Decimal | None = None
    """None: as other input."""
    cache_write: Decimal | None = None
    """None: as other input."""
    version: str
    """Whose prices these are."""

    def usd(self, tokens: Tokens) -> Fraction:
        """Return what the tokens come to, exactly."""
        plain = tokens.input - tokens.cached_input - tokens.cache_write
        exact = (
            plain * Fraction(self.input)
            + tokens.cached_input * Fraction(self.input if self.cached_input is None else self.cached_input)
            + tokens.cache_write * Fraction(self.input if self.cache_write is None else self.cache_write)
            + tokens.output * Fraction(self.output or 0)
        )
        return exact / _MILLION

    def as_text(self) -> dict[str, str]:
        """Return the prices there are, by kind of token."""
        kinds = {
            "input": self.input,
            "output": self.output,
            "cached_input": self.cached_input,
            "cache_write": self.cache_write,
        }
        return {kind: format(price, "f") for kind, price in kinds.items() if price is not None}
