"""``orqo-vault store accept``: an older state is meant to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.asking import confirmed
from orqo_vault_file.commands.paths import paths_argument
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import (
    SECONDS_FOR_ALL,
    backend_option,
    json_option,
    store_to_change,
    yes_option,
)

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault_file.history.acceptance import Accepted


@click.command("accept", cls=QuietCommand)
@paths_argument
@click.option("--all", "whole", is_flag=True, help="The whole store, and that it is this one and no other.")
@backend_option
@yes_option
@json_option
@click.pass_obj
def command(
    host: CommandHost, paths: tuple[str, ...], whole: bool, backend_name: str | None, yes: bool, as_json: bool
) -> int:
    """Accept an older state on purpose.

    What stands in the store is sealed again above everything this machine has seen, so that every machine takes it
    for the newest; a file that is missing becomes a deleted secret. What is as new as it should be is left alone.
    Commit the store afterwards.
    """
    from orqo_vault_file.history.acceptance import accept, accept_all

    if whole == bool(paths):
        raise click.UsageError("say which PATH, or --all")
    store = store_to_change(host, backend_name)
    if whole and not confirmed(host, f"Take {store.directory} as it stands for the newest, everywhere?", yes=yes):
        return 1
    deadline = Deadline(SECONDS_FOR_ALL)
    accepted = accept_all(store, deadline) if whole else accept(store, paths, deadline)
    if as_json:
        host.print_json({"accepted": [each._asdict() for each in accepted]})
        return 0
    for each in accepted:
        host.say(_in_words(each))
    if not accepted:
        host.say("everything is as new as this machine has seen; nothing was changed")
    return 0


def _in_words(each: Accepted) -> str:
    if not each.found:
        return f"{each.path}: its file was missing (generation {each.seen} was seen); it counts as deleted now"
    if each.found < each.seen:
        return f"{each.path}: generation {each.found} is accepted over {each.seen}"
    return f"{each.path}: generation {each.found} is accepted as it stands"
