"""``orqo-vault store rotate``: seal under a new key from now on, or everything now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.progress import progress_for
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import (
    SECONDS,
    SECONDS_FOR_ALL,
    backend_option,
    json_option,
    store_to_change,
)

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost


@click.command("rotate", cls=QuietCommand)
@click.option("--now", is_flag=True, help="Seal every secret again now.")
@backend_option
@json_option
@click.pass_obj
def command(host: CommandHost, now: bool, backend_name: str | None, as_json: bool) -> None:
    """Make a new key under which secrets are sealed from now on.

    What is there is sealed under it when it is next written, or at once with --now; this machine then refuses
    what was sealed before. Interrupted, --now goes on where it was when it is called again. This removes nobody:
    whoever has a key slot still opens the store (see slot remove).
    """
    from orqo_vault_file.upkeep.rotation import rotate, rotate_now

    store = store_to_change(host, backend_name)
    if now:
        count = rotate_now(store, Deadline(SECONDS_FOR_ALL), progress=progress_for(host))
        said = f"a new epoch, and {count} sealed again under it"
    else:
        count = 0
        epoch = rotate(store, Deadline(SECONDS))
        said = f"a new epoch, height {epoch.height}: every secret is sealed under it when it is next written"
    if as_json:
        host.print_json({"sealed_again": count})
    else:
        host.say(said)
