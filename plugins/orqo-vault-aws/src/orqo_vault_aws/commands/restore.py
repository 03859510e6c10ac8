"""``orqo-vault restore``: take secrets back from deletion."""

from __future__ import annotations

from typing import Any

import click

from orqo_vault.hookspecs import CommandHost
from orqo_vault.markers import hookimpl
from orqo_vault_aws.commands.secrets import arguments, on_each


@click.command("restore")
@arguments
@click.pass_obj
def command(host: CommandHost, paths: tuple[str, ...], backend_name: str | None, as_json: bool) -> None:
    """Take secrets of AWS Secrets Manager back while they wait for their deletion.

    PATH is the secret's name without the backend's prefix, or its ARN.
    """
    on_each(
        host,
        paths,
        backend_name,
        lambda backend, reference, deadline: backend.restore(reference, deadline=deadline),
        done="restored",
        nothing="nothing to restore",
        as_json=as_json,
    )


@hookimpl
def orqo_vault_command() -> Any:
    return command
