"""A variable on its way out: its value, still silent, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.secret import SecretValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of a run; ``secret`` is False for a field like a host or a port."""

    name: str
    value: SecretValue
    credential: str
    field: str
    secret: bool
