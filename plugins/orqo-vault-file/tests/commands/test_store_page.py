"""docs/store.md says what the program says: its commands exist, with these options, and so do its messages."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import orqo_vault_file
import pytest
from orqo_vault_file.commands import store

PAGE = (Path(__file__).parents[4] / "docs" / "store.md").read_text()
SOURCE = "".join(path.read_text() for path in Path(orqo_vault_file.__file__).parent.rglob("*.py"))
TYPED = re.findall(r"^\$ orqo-vault store (.*)$", PAGE, re.MULTILINE)
SAID = re.findall(r"^\| `(.+?)` \|", PAGE.partition("## What to do when")[2], re.MULTILINE)


def found(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = store
    ctx = click.Context(store)
    while isinstance(command, click.Group):
        name = words.pop(0)
        inner = command.get_command(ctx, name)
        assert inner is not None, name
        command = inner
    return command, words


@pytest.mark.parametrize("line", TYPED)
def test_what_is_typed_there_can_be_typed(line: str) -> None:
    words = shlex.split(line, comments=True)
    command, rest = found(words[: words.index("|")] if "|" in words else words)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_every_command_is_on_the_page() -> None:
    ctx = click.Context(store)
    for name in store.list_commands(ctx):
        command = store.get_command(ctx, name)
        below = command.list_commands(ctx) if isinstance(command, click.Group) else [""]
        for inner in below:
            assert f"store {name} {inner}".strip() in PAGE


@pytest.mark.parametrize("message", SAID)
def test_what_is_said_there_is_said_by_the_program(message: str) -> None:
    pieces = [piece for piece in re.split(r"…|\d+", message) if len(piece) > 3]
    assert pieces
    assert [piece for piece in pieces if piece not in SOURCE] == []
