"""The hooks: hand over the backend class and the command group, and import each only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.markers import hookimpl

if TYPE_CHECKING:
    import click

    from orqo_vault.backend import Backend


@hookimpl
def orqo_vault_backend() -> type[Backend]:
    """The backend of type ``plaintext-sqlite``."""
    from orqo_vault_plaintext_sqlite.backend import PlaintextSqlite

    return PlaintextSqlite


@hookimpl
def orqo_vault_command() -> click.Group:
    """The command group ``plaintext``."""
    from orqo_vault_plaintext_sqlite.commands import plaintext

    return plaintext
