"""``orqo-vault export``: a run's variables as another tool reads them."""

from __future__ import annotations

import sys

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import older_option, pass_invocation, reason_option, selection_options
from orqo_vault.cli.private_file import append_to_file, write_private_file
from orqo_vault.cli.selection import selected
from orqo_vault.cli.terminal import stdout_is_terminal
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import without_frames
from orqo_vault.exchange.export import Exported
from orqo_vault.exchange.formats import format_names, get_format
from orqo_vault.vault.exporting import export_selection


@click.command("export", cls=Command)
@click.option("--format", "format_name", type=click.Choice(format_names()), required=True, help="Who will read it.")
@selection_options
@click.option("-o", "--output", metavar="FILE", help="Write this file instead, for its owner only (0600).")
@click.option("--name", metavar="NAME", default="orqo-vault", help="k8s: the name of the Secret.")
@click.option("--reveal", is_flag=True, help="Print although standard output is a terminal.")
@older_option
@reason_option
@click.option("--json", is_flag=True, expose_value=False, help="Report an error as JSON on stderr.")
@pass_invocation
def command(
    invocation: Invocation,
    format_name: str,
    run_name: str | None,
    only: tuple[str, ...],
    output: str | None,
    name: str,
    reveal: bool,
    allow_older: bool,
    reason: str | None,
) -> None:
    """Write the variables of a run, in plain text, as another tool reads them: all of them or none.

    github prints masks on standard output and appends the variables to $GITHUB_ENV. What a format cannot hold (a
    newline in docker) is refused by name, never changed.
    """
    format = get_format(format_name)
    target = _target(invocation, format_name) if output is None else None
    if stdout_is_terminal() and not reveal and (output is None or format.file_variable is not None):
        raise UsageError(
            "standard output is a terminal, where the values would stay",
            hint="say --reveal, pipe it on, or use -o FILE",
        )
    selection = selected(only, run_name)
    vault = invocation.vault(allow_older=allow_older).acting(reason=reason)
    exported = export_selection(vault, format_name, only=selection.only, run=selection.run, name=name)
    _deliver(exported, output, target)


def _target(invocation: Invocation, format_name: str) -> str | None:
    """Return the file the format's reader looks into, None where it reads standard output."""
    variable = get_format(format_name).file_variable
    if variable is None:
        return None
    if not invocation.environ.get(variable):
        raise UsageError(f"{variable} is not set: this is no job of {format_name}", hint="-o FILE names a file")
    return invocation.environ[variable]


@without_frames
def _deliver(exported: Exported, output: str | None, target: str | None) -> None:
    """Print the masks before the values are anywhere."""
    _print(exported.masks.reveal())
    text = exported.text.reveal()
    if output is not None:
        write_private_file(output, text.encode())
    elif target is not None:
        append_to_file(target, text.encode())
    else:
        _print(text)


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
    sys.stdout.flush()
