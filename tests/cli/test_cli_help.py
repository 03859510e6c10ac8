"""The help of every command is read at a glance: on a screen of 80 columns and 24 lines."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from orqo_vault.cli.root import root

SCREEN = 24
LONGER = {"add": 32}
"""It has one option for each thing that can be declared."""


def commands(group: click.Context, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Context]]:
    assert isinstance(group.command, click.Group)
    for name in group.command.list_commands(group):
        command = group.command.get_command(group, name)
        assert command is not None, name
        context = click.Context(command, info_name=name, parent=group, terminal_width=80)
        yield (*path, name), context
        if isinstance(command, click.Group):
            yield from commands(context, (*path, name))


TOP = click.Context(root, info_name="orqo-vault", terminal_width=80)
ALL = dict(commands(TOP))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_help_of_a_command_fits_a_screen(path: tuple[str, ...]) -> None:
    lines = ALL[path].get_help().splitlines()
    assert len(lines) <= LONGER.get(" ".join(path), SCREEN)
    assert max(map(len, lines)) <= 80


def test_what_stands_before_the_table_of_commands_fits_a_screen() -> None:
    lines = TOP.get_help().splitlines()
    assert lines.index("Credentials:") <= SCREEN
    table = [line for line in lines[lines.index("Credentials:") :] if line.startswith("  ")]
    assert len(table) == len(root.list_commands(TOP)), "each command has one line"


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_first_line_of_the_help_says_what_a_command_is_for(path: tuple[str, ...]) -> None:
    assert (ALL[path].command.help or "").strip()
