"""A group whose help comes from a table, so that listing the commands imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from orqo_vault.cli.usage import UsageError


class Lazy(NamedTuple):
    """A command that is imported when it is called; its module calls it ``command``."""

    module: str
    help: str


Sections = Mapping[str, Mapping[str, Lazy]]
"""Heading in the help → its commands by name."""


class LazyGroup(click.Group):
    """Finds a command in its table, then among the plugins' where it was told to."""

    def __init__(
        self,
        *arguments: Any,
        sections: Sections,
        aliases: Mapping[str, str] | None = None,
        with_plugins: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init__(*arguments, **keywords)
        self.sections = sections
        self.table = {name: lazy for commands in sections.values() for name, lazy in commands.items()}
        self.aliases = aliases or {}
        self.with_plugins = with_plugins

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.table, *self._from_plugins()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = self.aliases.get(cmd_name, cmd_name)
        if name in self.table:
            found: click.Command = import_module(self.table[name].module).command
            return found
        if name in self._from_plugins():
            from orqo_vault.plugins import command

            return command(name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        found = self.get_command(ctx, args[0])
        if found is not None or ctx.resilient_parsing or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(args[0], self.list_commands(ctx), n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"there is no command {args[0]!r}" if near else "there is no such command",
            hint=f"{meant}{ctx.command_path} --help lists the commands",
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(name) for name in self.list_commands(ctx))
        for heading, commands in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), lazy.help) for name, lazy in commands.items()])
        from_plugins = self._from_plugins()
        if from_plugins:
            with formatter.section("From plugins"):
                formatter.write_dl([(name.ljust(width), f"({owner})") for name, owner in from_plugins.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = {name: lazy.help for name, lazy in self.table.items()} | self._from_plugins()
        found = [CompletionItem(name, help=text) for name, text in names.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def _from_plugins(self) -> dict[str, str]:
        """Return name → the distribution it comes from. A name of ours stays ours."""
        if not self.with_plugins:
            return {}
        from orqo_vault.plugins import COMMANDS, installed

        return {
            name: claims[0].dist.name if claims[0].dist else claims[0].value
            for name, claims in installed(COMMANDS).items()
            if name not in self.table
        }
