"""``orqo-vault adopt``: let orqo-vault change secrets that others made."""

from __future__ import annotations

from typing import Any

import click

from orqo_vault.hookspecs import CommandHost
from orqo_vault.markers import hookimpl
from orqo_vault_aws.commands.secrets import arguments, on_each


@click.command("adopt")
@arguments
@click.pass_obj
def command(host: CommandHost, paths: tuple[str, ...], backend_name: str | None, as_json: bool) -> None:
    """Let orqo-vault change and delete secrets of AWS Secrets Manager that others made.

    They get a tag that says so; their value stays. PATH is the secret's name without the backend's prefix, or its
    ARN.
    """
    on_each(
        host,
        paths,
        backend_name,
        lambda backend, reference, deadline: backend.adopt(reference, deadline=deadline),
        done="adopted",
        nothing="no such secret",
        as_json=as_json,
    )


@hookimpl
def orqo_vault_command() -> Any:
    return command
