"""``orqo-vault config show``: every setting, and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table

Path = tuple[str, ...]


@click.command("show", cls=Command)
@click.option("--origin", is_flag=True, help="Say where each setting stands: file:line:column.")
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, origin: bool, plain: bool, as_json: bool) -> None:
    """Show what the settings files say together, all layers merged."""
    settings = invocation.settings()  # what is shown is valid, so that no secret stands in it
    layers = invocation.layers()
    leaves = list(_leaves(layers.data))
    places = {path: str(layers.location(path)) for path, _ in leaves} if origin else {}
    if as_json:
        print_json(
            {
                "files": [str(file) for file in settings.files],
                "profile": settings.profile,
                "settings": layers.data,
                **({"origins": {".".join(path): place for path, place in places.items()}} if origin else {}),
            }
        )
        return
    columns = ("Setting", "Value", "Origin") if origin else ("Setting", "Value")
    rows = ((".".join(path), _text(value), *([places[path]] if origin else [])) for path, value in leaves)
    print_table(columns, rows, plain=plain)


def _leaves(data: Any, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
