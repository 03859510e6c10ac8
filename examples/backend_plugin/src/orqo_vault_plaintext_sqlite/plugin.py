"""The hook: hands over the backend class, and imports it only when it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.markers import hookimpl

if TYPE_CHECKING:
    from orqo_vault.backend import Backend


@hookimpl
def orqo_vault_backend() -> type[Backend]:
    """The backend of type ``plaintext-sqlite``."""
    from orqo_vault_plaintext_sqlite.backend import PlaintextSqlite

    return PlaintextSqlite
