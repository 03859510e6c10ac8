"""``orqo-vault init``: the first files of a project."""

from __future__ import annotations

from pathlib import Path

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json


@click.command("init", cls=Command)
@click.option("--platform/--own", "platform", default=None, help="Begin with the platform's keys, or with your own.")
@json_option
@pass_invocation
def command(invocation: Invocation, platform: bool | None, as_json: bool) -> None:
    """Write a commented orqo-vault.yaml, its JSON Schema for editors, and a .gitignore line.

    In the working directory, or where --config says. Nothing that is there is overwritten. With the platform's keys
    every provider that the operator offers has its credential and its LLM config, and a first run works at once.
    """
    from orqo_vault.edit.initial import STARTER, extend_gitignore, write_schema, write_starter
    from orqo_vault.settings.find import FILE_NAME

    offered = _platform_starter(invocation, platform)
    path = Path(invocation.config or FILE_NAME).absolute()
    written = [write_starter(path, offered or STARTER), write_schema(path), extend_gitignore(path)]
    names = [str(each.name) for each in written if each is not None]
    if as_json:
        print_json({"settings": str(path), "written": names, "platform": offered is not None})
        return
    invocation.say(f"wrote {', '.join(names)} in {path.parent}")
    if offered is None:
        invocation.say("next: orqo-vault add declares a credential and stores its secret")
    else:
        invocation.say("next: orqo-vault plan shows what a run gets, orqo-vault run -- COMMAND runs it")


def _platform_starter(invocation: Invocation, platform: bool | None) -> str | None:
    """Return the settings that begin with the platform's keys; None for those that begin without."""
    from orqo_vault.edit.initial_platform import platform_starter
    from orqo_vault.errors import NoPlatformProviderError
    from orqo_vault.settings.operator import load_operator

    if platform is False:
        return None
    operator = load_operator(Path(invocation.operator) if invocation.operator is not None else None)
    if operator is not None and operator.platform_providers and (platform or operator.new_projects == "platform"):
        return platform_starter(operator.platform_providers.values())
    if platform:
        raise NoPlatformProviderError(
            "no platform provider is configured on this machine",
            hint="the operator's file names them under platform_providers:; --operator says where it is",
        )
    return None
