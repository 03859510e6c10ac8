"""``orqo-vault config``: the settings file, looked at."""

from __future__ import annotations

import click

from orqo_vault.cli.lazy import Lazy, LazyGroup

_HERE = "orqo_vault.cli.commands.config"
SECTIONS = {
    "Commands": {
        "show": Lazy(f"{_HERE}.show", "Show what the settings files say together."),
        "path": Lazy(f"{_HERE}.path", "Print the settings files that are read, lowest first."),
        "validate": Lazy(f"{_HERE}.validate", "Find out whether the settings are valid."),
        "schema": Lazy(f"{_HERE}.schema", "Print the JSON Schema of the settings file."),
    }
}


@click.group("config", cls=LazyGroup, sections=SECTIONS)
def command() -> None:
    """Look at the settings file."""
