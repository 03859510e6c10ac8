"""Writes the reference part of ``docs/cli.md`` from the commands' own help: ``python docs/cli_reference.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from orqo_vault.cli.lazy import LazyGroup
from orqo_vault.cli.root import PROGRAM, SECTIONS, root

PAGE = Path(__file__).with_name("cli.md")
MARKER = "<!-- From here on: python docs/cli_reference.py -->\n"
WIDTH = 100


def page(text: str) -> str:
    """Return the page with its reference made anew; what is above the marker is written by hand."""
    head, marker, _ = text.partition(MARKER)
    if not marker:
        raise ValueError(f"the page has lost its marker: {MARKER}")
    return head + marker + "".join(f"\n## `{path}`\n\n```\n{text}\n```\n" for path, text in _helps())


def _helps() -> Iterator[tuple[str, str]]:
    # Without what plugins add: the page is the same whatever is installed.
    core = LazyGroup(PROGRAM, sections=SECTIONS, params=root.params, help=root.help)
    yield from _help(core, PROGRAM, None)


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    names = {"help_option_names": ["-h", "--help"]}
    with click.Context(command, parent, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH, **names) as ctx:
        yield ctx.command_path, command.get_help(ctx)
        if isinstance(command, click.Group):
            for each in command.list_commands(ctx):
                found = command.get_command(ctx, each)
                if found is not None:
                    yield from _help(found, each, ctx)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
