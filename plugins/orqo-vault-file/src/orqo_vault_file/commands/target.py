"""Which store a command is about, and how long it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from orqo_vault.errors import ReadOnlyBackendError
from orqo_vault_file.backend import EncryptedFileBackend

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault_file.store import Store

SECONDS = 30.0
SECONDS_FOR_ALL = 3600.0
"""For what touches every secret; it can be stopped at any time, and goes on when it is run again."""

backend_option = click.option(
    "--backend", "backend_name", metavar="NAME", help="The backend, where several could be meant."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def backend_for(host: CommandHost, name: str | None) -> EncryptedFileBackend:
    """Return the backend whose store is meant."""
    return cast("EncryptedFileBackend", host.backend(EncryptedFileBackend.type_name, name))


def store_to_read(host: CommandHost, name: str | None) -> Store:
    """Return the store that is meant. No I/O yet."""
    return backend_for(host, name).store


def store_to_change(host: CommandHost, name: str | None) -> Store:
    """Return the store that is meant, or raise where the settings say that it is only read."""
    backend = backend_for(host, name)
    if backend.settings.read_only:
        raise ReadOnlyBackendError(
            f"backend {backend.context.name!r} is read_only in the settings",
            hint="change the store where it is written, or remove read_only",
        )
    return backend.store
