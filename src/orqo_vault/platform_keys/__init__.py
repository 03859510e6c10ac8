"""Platform keys: whoever supplies them lends one to a run, against credits, and takes it back."""

from __future__ import annotations

from orqo_vault.platform_keys.contract import KeyContext, Lent, PlatformKeys, Wanted, hold_id

__all__ = ["KeyContext", "Lent", "PlatformKeys", "Wanted", "hold_id"]
