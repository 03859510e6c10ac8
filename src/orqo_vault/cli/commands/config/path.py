"""``orqo-vault config path``: which files are read."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json


@click.command("path", cls=Command)
@json_option
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Print the settings files that are read, one a line, the lowest first: a later one replaces what is before."""
    files = [document.file for document in invocation.layers().documents]
    if as_json:
        print_json({"files": files})
        return
    click.echo("\n".join(files))
