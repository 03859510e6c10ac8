"""``orqo-vault llm test``: whether the provider of an LLM config has its model, and takes its key."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.commands.test import STATUS, as_object
from orqo_vault.cli.completing import llm_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_facts, print_json
from orqo_vault.vault.probing import Probed, probe_llm


@click.command("test", cls=Command)
@click.argument("name", shell_complete=llm_names)
@json_option
@pass_invocation
def command(invocation: Invocation, name: str, as_json: bool) -> int:
    """Ask the provider for its list of models, with the config's own key, and look for the model in it.

    Nothing is bought. A platform key is not tested: it is the operator's. The exit status is 0 when the model is
    there, 1 when not, 6 when the provider could not be asked.
    """
    vault = invocation.vault()
    result = probe_llm(vault, name)
    if as_json:
        print_json({"name": name, "model": vault.settings.llm[name].model} | as_object(Probed(name, result)))
    else:
        said = f"{result.outcome.value.replace('_', ' ')}{f': {result.reason}' if result.reason else ''}"
        print_facts([("name", name), ("model", vault.settings.llm[name].model), ("result", said)])
    return STATUS[result.outcome]
