"""The operator's file, opened for a gateway: its ledger, the tables of the gateway in it, its providers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from orqo_vault.errors import SettingsError
from orqo_vault.gateway.adapters import ADAPTERS
from orqo_vault.ledger import Ledger, open_ledger
from orqo_vault.ledger.database import Database
from orqo_vault.ledger.opening import dialect_of
from orqo_vault.settings.operator_model import Operator, PlatformProvider


@contextmanager
def opened_ledger(operator: Operator) -> Iterator[tuple[Ledger, Database]]:
    """Open the ledger, and the database it is in a second time: looking up a token waits for no charge."""
    if operator.ledger is None:
        raise SettingsError("the operator's file names no ledger", hint="set ledger.address in it")
    address, password_file = operator.ledger.address, operator.ledger.password_file
    with (
        open_ledger(address, password_file) as ledger,
        closing(Database(dialect_of(address, password_file))) as database,
    ):
        yield ledger, database


def served_providers(operator: Operator) -> Mapping[str, PlatformProvider]:
    """Return the providers of type ``gateway`` that forward somewhere; what cannot be served is an error now."""
    served = {
        name: each for name, each in operator.platform_providers.items() if each.type == "gateway" and each.upstream
    }
    for name in served:
        if name not in ADAPTERS:
            raise SettingsError(
                f"platform_providers.{name}: this gateway has no adapter for it",
                hint=f"it has {', '.join(sorted(ADAPTERS))}",
            )
        if served[name].backend is None:
            raise SettingsError(f"platform_providers.{name}: names no backend that keeps its key")
    if not served:
        raise SettingsError(
            "the operator's file has no provider for a gateway to serve",
            hint="platform_providers.openai: {type: gateway, upstream: …, backend: …, path: …}",
        )
    return served
