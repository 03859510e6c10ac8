"""The price list of genai-prices: what providers ask of everybody. The only file that imports it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib.metadata import version

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import TieredPrices

from orqo_vault.prices.unit_prices import UnitPrices

VERSION = version("genai-prices")


def listed_prices(provider: str, model: str, input_tokens: int, at: datetime) -> UnitPrices | None:
    """Return a model's prices at a time, for a request with so much input; None if it is not on the list.

    A longer input can cost more for every token of the request, output too: each tier is a price list of its own.
    """
    try:
        found, entry = get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    prices = entry.get_prices(at)

    def at_this_size(price: Decimal | TieredPrices | None) -> Decimal | None:
        if not isinstance(price, TieredPrices):
            return price
        passed = [tier.price for tier in price.tiers if input_tokens > tier.start]  # the list is in ascending order
        return passed[-1] if passed else price.base

    plain = at_this_size(prices.input_mtok)
    if plain is None:
        return None  # it is sold by another measure than tokens
    return UnitPrices(
        input=plain,
        output=at_this_size(prices.output_mtok),
        cached_input=at_this_size(prices.cache_read_mtok),
        cache_write=at_this_size(prices.cache_write_mtok),
        version=f"genai-prices {VERSION}: {found.id}:{entry.id}",
    )
