"""``orqo-vault llm delete``: takes an LLM config out of the settings."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import llm_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, yes_option
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.prompts import confirm
from orqo_vault.edit.usage import refuse_if_llm_used
from orqo_vault.planner.lookup import lookup


@click.command("delete", cls=Command)
@click.argument("name", shell_complete=llm_names)
@yes_option
@json_option
@pass_invocation
def command(invocation: Invocation, name: str, yes: bool, as_json: bool) -> int:
    """Delete an LLM config. Its credential stays. Refused while a run uses it."""
    settings = invocation.settings()
    lookup(settings.llm, name, "llm config")
    refuse_if_llm_used(settings, name)
    if not confirm(f"Delete the llm config {name}?", yes=yes, interactive=invocation.interactive):
        invocation.say("nothing is changed")
        return 1
    file = invocation.editor().remove("llm", name)
    if as_json:
        print_json({"name": name, "file": str(file)})
    else:
        invocation.say(f"llm {name}: deleted from {file.name}")
    return 0
