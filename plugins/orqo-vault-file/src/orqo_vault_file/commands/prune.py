"""``orqo-vault store prune``: drop the epochs that no secret is sealed under any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.asking import confirmed
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


@click.command("prune", cls=QuietCommand)
@backend_option
@yes_option
@json_option
@click.pass_obj
def command(host: CommandHost, backend_name: str | None, yes: bool, as_json: bool) -> int:
    """Drop the epochs that no file of this checkout uses.

    A secret on another branch that is sealed under one of them would not open after a merge: merge all branches
    first, and seal everything again with rotate --now. Epochs are small; nothing needs this command.
    """
    from orqo_vault_file.upkeep.pruning import prune, unused_epochs

    store = store_to_change(host, backend_name)
    unused = unused_epochs(store, Deadline(SECONDS_FOR_ALL))
    dropped: list[str] = []
    if unused:
        host.tell(f"no secret of this checkout is sealed under {len(unused)} of its epochs: {', '.join(unused)}")
        host.tell("a branch that is not merged yet may hold secrets that are: they would never open again")
        if not confirmed(host, "Drop these epochs?", yes=yes):
            return 1
        dropped = prune(store, unused, Deadline(SECONDS_FOR_ALL))
    if as_json:
        host.print_json({"dropped": dropped})
    else:
        host.say(f"dropped {len(dropped)} epochs" if unused else "every epoch is in use; nothing was changed")
    return 0
