"""``orqo-vault llm add``: declares an LLM config."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import credential_ids
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json


@click.command("add", cls=Command)
@click.argument("name")
@click.option("--model", required=True, metavar="PROVIDER:MODEL", help="The model, as the engine names it.")
@click.option("--credential", required=True, metavar="ID", shell_complete=credential_ids, help="What pays for it.")
@json_option
@pass_invocation
def command(invocation: Invocation, name: str, model: str, credential: str, as_json: bool) -> None:
    """Declare an LLM config: a model, and the credential of category llm_provider that it uses."""
    file = invocation.editor().add("llm", name, {"model": model, "credential": credential})
    if as_json:
        print_json({"name": name, "file": str(file)})
        return
    invocation.say(f"llm {name}: declared in {file.name}")
