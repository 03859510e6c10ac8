"""``orqo-vault config show``: every setting, and where it stands."""

from __future__ import annotations

import json

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.settings.origins import origins


@click.command("show", cls=Command)
@click.option("--origin", is_flag=True, help="Say where each setting stands: file:line:column.")
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, origin: bool, plain: bool, as_json: bool) -> None:
    """Show what the settings files say together, all layers merged."""
    settings = invocation.settings()  # what is shown is valid, so that no secret stands in it
    layers = invocation.layers()
    leaves = list(origins(layers))
    if as_json:
        print_json(
            {
                "files": [str(file) for file in settings.files],
                "profile": settings.profile,
                "settings": layers.data,
                **({"origins": {each.name: str(each.location) for each in leaves}} if origin else {}),
            }
        )
        return
    columns = ("Setting", "Value", "Origin") if origin else ("Setting", "Value")
    rows = ((each.name, _text(each.value), *([str(each.location)] if origin else [])) for each in leaves)
    print_table(columns, rows, plain=plain)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
