"""The hooks: each hands over classes; behaviour lives in the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault.markers import hookspec

if TYPE_CHECKING:
    import click

    from orqo_vault.backend import Backend
    from orqo_vault.credential_types import CredentialType


@hookspec
def orqo_vault_backend() -> type[Backend]:  # type: ignore[empty-body]  # a spec has no body
    """Return the Backend class this plugin adds. Entry-point group ``orqo_vault.backends``, name = its type."""


@hookspec
def orqo_vault_credential_type() -> type[CredentialType]:  # type: ignore[empty-body]  # a spec has no body
    """Return the CredentialType this plugin adds. Group ``orqo_vault.credential_types``, name = its type."""


@hookspec
def orqo_vault_command() -> click.Command:  # type: ignore[empty-body]  # a spec has no body
    """Return the command (group) this plugin adds. Group ``orqo_vault.commands``, name = the command's."""
