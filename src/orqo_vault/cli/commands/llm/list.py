"""``orqo-vault llm list``: the LLM configs."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.edit.usage import uses_of_llm
from orqo_vault.vault.listing import masked

COLUMNS = ("Name", "Model", "Credential", "Value", "Used by")


@click.command("list", cls=Command)
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, plain: bool, as_json: bool) -> None:
    """List the LLM configs: which model, and which credential it uses."""
    settings = invocation.settings()
    configs = [(each, uses_of_llm(settings, each.name)) for each in settings.llm.values()]
    if as_json:
        print_json(
            {
                "llm": [
                    {
                        "name": each.name,
                        "model": each.model,
                        "credential": each.credential,
                        "mode": settings.credentials[each.credential].mode.value,
                        "value": masked(settings.credentials[each.credential]),
                        "used_by": list(users),
                    }
                    for each, users in configs
                ]
            }
        )
        return
    if not configs:
        invocation.say("no llm config is declared; orqo-vault llm add declares one")
    rows = (
        (each.name, each.model, each.credential, masked(settings.credentials[each.credential]), ", ".join(users))
        for each, users in configs
    )
    print_table(COLUMNS, rows, plain=plain)
