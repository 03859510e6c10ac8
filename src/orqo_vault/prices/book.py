"""What usage costs in micro-credits: the operator's own prices first, then the price list; unknown is never free."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from orqo_vault.credits import HIGHEST_PRICE, LOWEST_PRICE, Cost, Tokens, rounded_up
from orqo_vault.errors import SettingsError, UnknownPriceError
from orqo_vault.prices.unit_prices import UnitPrices
from orqo_vault.settings.operator_model import Price, Prices

BYTES_PER_TOKEN = 2
"""For estimates: text has three to four bytes a token, base64 and the like about two."""
FURTHEST_FROM_LIST = 100
"""An operator's price further than this factor from the list's is in another unit: a thousand tokens, a cent."""


class PriceBook:
    """Prices by ``provider:model``. Making one reads nothing; the price list is loaded when it is needed."""

    def __init__(self, prices: Prices) -> None:
        self._own = prices.models
        self._usd_per_credit = prices.usd_per_credit
        self._markup_percent = prices.markup_percent

    def unit_prices(self, model: str, *, input_tokens: int = 0, at: datetime | None = None) -> UnitPrices:
        """Return USD for a million tokens, as the provider or the operator has it: without the markup.

        ``input_tokens`` decides the tier, ``at`` the day (default: now). Raises UnknownPriceError for a model that
        has no price, or one of 0 that only the list says.
        """
        listed = _listed(model, input_tokens, at or datetime.now(UTC))
        own = self._own.get(model)
        if own is not None:
            return _checked_own(model, own, listed)
        if listed is None:
            raise UnknownPriceError(
                f"'{model}': no price is known",
                hint=f'give it one in the operator\'s file: prices.models."{model}", and see that orqo-vault[prices]'
                " is installed",
            )
        return _checked_listed(model, listed)

    def cost(self, model: str, tokens: Tokens, *, at: datetime | None = None) -> Cost:
        """Return what a request costs, markup included; a fraction of a micro-credit counts as a whole one."""
        prices = self.unit_prices(model, input_tokens=tokens.input, at=at)
        return self._cost(model, prices, tokens)

    def estimate(
        self,
        model: str,
        *,
        input_tokens: int | None = None,
        input_bytes: int = 0,
        max_tokens: int | None,
        cap: int,
        answers: int = 1,
        at: datetime | None = None,
    ) -> Cost:
        """Return what to hold for a request: all input at its dearest, and ``min(max_tokens, cap)`` for each answer.

        Say ``input_tokens`` if they were counted, else ``input_bytes``. Without ``max_tokens`` it is the cap.
        """
        tokens = -(-input_bytes // BYTES_PER_TOKEN) if input_tokens is None else input_tokens
        output = answers * (cap if max_tokens is None else min(max_tokens, cap))
        prices = self.unit_prices(model, input_tokens=tokens, at=at)
        ways = (Tokens(input=tokens, output=output), Tokens(input=tokens, output=output, cache_write=tokens))
        return max((self._cost(model, prices, way) for way in ways), key=lambda cost: cost.amount)

    def _cost(self, model: str, prices: UnitPrices, tokens: Tokens) -> Cost:
        if tokens.output and prices.output is None:
            raise UnknownPriceError(f"'{model}': no price is known for its output")
        usd = prices.usd(tokens) * (1 + Fraction(self._markup_percent) / 100)
        terms = {"markup_percent": self._markup_percent, "usd_per_credit": self._usd_per_credit}
        return Cost(
            amount=rounded_up(usd, Fraction(self._usd_per_credit)),
            unit_prices=prices.as_text() | terms,
            price_version=prices.version,
        )


def _listed(model: str, input_tokens: int, at: datetime) -> UnitPrices | None:
    provider, colon, name = model.partition(":")
    if not (provider and colon and name):
        raise UnknownPriceError(f"'{model}': a price needs provider:model")
    try:
        from orqo_vault.prices.price_list import listed_prices
    except ImportError:
        return None  # the operator's own prices do without it
    return listed_prices(provider, name, input_tokens, at)


def _checked_own(model: str, price: Price, listed: UnitPrices | None) -> UnitPrices:
    """Return the operator's prices; one that looks as if it were in another unit is refused."""
    own = UnitPrices(
        input=Decimal(price.input),
        output=Decimal(price.output),
        cached_input=None if price.cached_input is None else Decimal(price.cached_input),
        version="operator",
    )
    usual = listed.as_text() if listed else {}
    for kind, text in own.as_text().items():
        written, on_list = Decimal(text), Decimal(usual.get(kind, "0"))
        near = not on_list or on_list / FURTHEST_FROM_LIST <= written <= on_list * FURTHEST_FROM_LIST
        if written and not (_is_a_price(written) and near):
            raise SettingsError(
                f'prices.models."{model}".{kind}: {text} is no price in USD for a million tokens'
                + (f"; the list has {usual[kind]}" if on_list else ""),
                hint="a price per thousand tokens, times 1000, is one per million",
            )
    return own


def _checked_listed(model: str, listed: UnitPrices) -> UnitPrices:
    """Return the list's prices, unless one is 0 or cannot be: the list can be wrong, and nobody here has decided it."""
    for kind, text in listed.as_text().items():
        if not _is_a_price(Decimal(text)):
            raise UnknownPriceError(
                f"'{model}': the price list ({listed.version}) has {text} USD for a million tokens of {kind}",
                hint=f'if that is right, say so in the operator\'s file: prices.models."{model}"',
            )
    return listed


def _is_a_price(price: Decimal) -> bool:
    return LOWEST_PRICE <= price <= HIGHEST_PRICE
