"""``orqo-vault config schema``: the JSON Schema of the settings file."""

from __future__ import annotations

import json

import click

from orqo_vault.cli.command import Command


@click.command("schema", cls=Command)
@click.option("--layer", is_flag=True, help="For a profile's or the local file, which may leave anything out.")
def command(layer: bool) -> None:
    """Print the JSON Schema of the settings file (2020-12), with the backends and types that are installed here."""
    from orqo_vault.settings.json_schema import json_schema

    click.echo(json.dumps(json_schema(layer=layer), indent=2))
