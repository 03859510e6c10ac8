"""``orqo-vault llm show``: one LLM config, as an engine gets it."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import llm_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_facts, print_json
from orqo_vault.credential import Mode
from orqo_vault.edit.usage import uses_of_llm
from orqo_vault.vault.listing import masked

NOTHING_TO_DO = "no additional setup needed: the platform supplies the key, and its use is deducted from credits"


@click.command("show", cls=Command)
@click.argument("name", shell_complete=llm_names)
@json_option
@pass_invocation
def command(invocation: Invocation, name: str, as_json: bool) -> None:
    """Show one LLM config: its model, its credential, and the variables that credential sets."""
    vault = invocation.vault()
    linked = vault.llm(name)
    users = uses_of_llm(vault.settings, name)
    if as_json:
        print_json(
            {
                "name": name,
                "model": linked.model,
                "credential": linked.credential.id,
                "mode": linked.mode.value,
                "value": masked(linked.credential),
                "variables": list(linked.variables),
                "used_by": list(users),
            }
        )
        return
    print_facts(
        [
            ("name", name),
            ("model", linked.model),
            ("credential", linked.credential.id),
            ("value", masked(linked.credential)),
            *([("setup", NOTHING_TO_DO)] if linked.mode is Mode.PLATFORM else []),
            ("variables", ", ".join(linked.variables)),
            ("used by", ", ".join(users)),
        ]
    )
