"""Prices: what the tokens of a request cost an organization."""

from __future__ import annotations

from orqo_vault.prices.book import PriceBook
from orqo_vault.prices.unit_prices import UnitPrices

__all__ = ["PriceBook", "UnitPrices"]
