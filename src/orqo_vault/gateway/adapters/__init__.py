"""Adapters: what a provider's wire format is, what of it is forwarded, and where it says what was used."""

from __future__ import annotations

from orqo_vault.gateway.adapters.anthropic import AnthropicMessages
from orqo_vault.gateway.adapters.contract import Adapter, Asked, Meter
from orqo_vault.gateway.adapters.openai import OpenAIChat

ADAPTERS: dict[str, Adapter] = {each.provider: each for each in (OpenAIChat(), AnthropicMessages())}
"""By what credentials and the operator's file call the provider."""

__all__ = ["ADAPTERS", "Adapter", "Asked", "Meter"]
