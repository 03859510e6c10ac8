"""A group that imports a command when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """Finds its commands by name in modules, each of which calls it ``command``."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return None
        found: click.Command = import_module(self.modules[cmd_name]).command
        return found
