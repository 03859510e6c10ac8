"""The hooks: hand over the backend class and the ``store`` command group, each imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.markers import hookimpl

if TYPE_CHECKING:
    import click

    from orqo_vault.backend import Backend


@hookimpl
def orqo_vault_backend() -> type[Backend]:
    """The backend of type ``encrypted-file``."""
    from orqo_vault_file.backend import EncryptedFileBackend

    return EncryptedFileBackend


@hookimpl
def orqo_vault_command() -> click.Command:
    """The command group ``store``."""
    from orqo_vault_file.commands import store

    return store
