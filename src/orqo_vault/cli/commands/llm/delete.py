"""``orqo-vault llm delete``: takes an LLM config out of the settings."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import llm_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, yes_option
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.prompts import confirm
from orqo_vault.edit.usage import refuse_if_llm_used, refuse_unfit_llm
from orqo_vault.planner.lookup import lookup


@click.command("delete", cls=Command)
@click.argument("name", shell_complete=llm_names)
@click.option("--replace-with", metavar="OTHER", shell_complete=llm_names, help="Use OTHER in every run that uses it.")
@yes_option
@json_option
@pass_invocation
def command(invocation: Invocation, name: str, replace_with: str | None, yes: bool, as_json: bool) -> int:
    """Delete an LLM config. Its credential stays. Refused while a run uses it, unless another takes its place."""
    settings = invocation.settings()
    lookup(settings.llm, name, "llm config")
    if replace_with is None:
        refuse_if_llm_used(settings, name)
    else:
        refuse_unfit_llm(settings, name, replace_with)
    if not confirm(f"Delete the llm config {name}?", yes=yes, interactive=invocation.interactive):
        invocation.say("nothing is changed")
        return 1
    file = invocation.editor().remove("llm", name, instead=replace_with)
    if as_json:
        print_json({"name": name, "file": str(file)})
    else:
        invocation.say(f"llm {name}: deleted from {file.name}")
    return 0
