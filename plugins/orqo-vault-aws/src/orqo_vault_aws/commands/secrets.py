"""What the commands share: paths on the command line, one after the other, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from orqo_vault.backend import Deadline
from orqo_vault.errors import MissingSecretsError
from orqo_vault.hookspecs import CommandHost
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference

SECONDS = 30.0

Act = Callable[[Any, AwsReference, Deadline], bool]
"""Changes one secret; False: there was nothing to change."""


def arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments that every command on secrets takes."""
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--backend", "backend_name", metavar="NAME", help="The backend, where several could be meant."),
        click.argument("paths", metavar="PATH...", nargs=-1, required=True),
    ):
        command = decorate(command)
    return command


def on_each(
    host: CommandHost,
    paths: tuple[str, ...],
    backend_name: str | None,
    act: Act,
    *,
    done: str,
    nothing: str,
    as_json: bool,
) -> None:
    """Act on each path and say what became of it; raise at the end when there was nothing at one of them."""
    references = [_reference(path) for path in paths]
    backend = host.backend(AwsBackend.type_name, backend_name)
    outcome = {str(reference): act(backend, reference, Deadline(SECONDS)) for reference in references}
    if as_json:
        host.print_json({done: [path for path, changed in outcome.items() if changed]})
    for path, changed in outcome.items():
        host.say(f"{path}: {done if changed else nothing}")
    missing = [path for path, changed in outcome.items() if not changed]
    if missing:
        raise MissingSecretsError(f"{nothing}: {', '.join(missing)}", paths=missing)


def _reference(path: str) -> AwsReference:
    try:
        return AwsReference(path=path)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="PATH") from None
