"""What a model costs, as far as this machine knows: the operator's prices, else the price list."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.errors import SettingsError, UnknownPriceError
from orqo_vault.prices import PriceBook
from orqo_vault.providers import known
from orqo_vault.settings.operator_model import Prices
from orqo_vault.vault import Vault


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """USD for a million tokens, as decimal text; the platform's markup is not in it."""

    model: str
    input: str
    output: str | None
    markup_percent: str


def price_of(vault: Vault, model: str) -> ModelPrice | None:
    """Return the price of a ``provider:model``, None where nobody knows one."""
    operator = vault.surroundings.operator
    prices = operator.prices if operator is not None else Prices()
    try:
        found = PriceBook(prices).unit_prices(model)
    except (UnknownPriceError, SettingsError):
        return None
    output = None if found.output is None else f"{found.output.normalize():f}"
    return ModelPrice(model, f"{found.input.normalize():f}", output, prices.markup_percent)


def example_price(vault: Vault, provider: str | None) -> ModelPrice | None:
    """Return the price of the model that a new project with this provider begins with."""
    preset = known(provider)
    return price_of(vault, f"{provider}:{preset.model}") if preset is not None and preset.model else None


def supplied(vault: Vault) -> tuple[str, ...]:
    """Return the providers whose keys the operator of this machine supplies."""
    operator = vault.surroundings.operator
    return tuple(operator.platform_providers) if operator is not None else ()
