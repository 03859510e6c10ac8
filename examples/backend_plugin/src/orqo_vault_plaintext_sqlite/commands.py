"""The command group ``plaintext``: what the backend's file needs beside reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from orqo_vault.backend import Deadline

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault_plaintext_sqlite.backend import PlaintextSqlite


@click.group()
def plaintext() -> None:
    """Look after a plaintext-sqlite file."""


@plaintext.command()
@click.option("--backend", "name", metavar="NAME", help="Which one, where the settings declare several.")
@click.pass_obj
def scrub(host: CommandHost, name: str | None) -> None:
    """Rewrite the file, so that nothing deleted is left in its free pages."""
    backend = cast("PlaintextSqlite", host.backend("plaintext-sqlite", name))
    backend.scrub(deadline=Deadline(30))
    host.say(f"rewrote {backend.file}")
