"""``orqo-vault init``: the first files of a project."""

from __future__ import annotations

from pathlib import Path

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json


@click.command("init", cls=Command)
@json_option
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Write a commented orqo-vault.yaml, its JSON Schema for editors, and a .gitignore line.

    In the working directory, or where --config says. Nothing that is there is overwritten.
    """
    from orqo_vault.edit.initial import extend_gitignore, write_schema, write_starter
    from orqo_vault.settings.find import FILE_NAME

    path = Path(invocation.config or FILE_NAME).absolute()
    written = [write_starter(path), write_schema(path), extend_gitignore(path)]
    names = [str(each.name) for each in written if each is not None]
    if as_json:
        print_json({"settings": str(path), "written": names})
        return
    invocation.say(f"wrote {', '.join(names)} in {path.parent}")
    invocation.say("next: orqo-vault add declares a credential and stores its secret")
