"""``orqo-vault store init``: make the store now, rather than with the first secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.asking import confirmed
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import SECONDS, backend_option, json_option, store_to_change, yes_option

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost


@click.command("init", cls=QuietCommand)
@backend_option
@yes_option
@json_option
@click.pass_obj
def command(host: CommandHost, backend_name: str | None, yes: bool, as_json: bool) -> int:
    """Make the store and the key file that opens it, and say where.

    ORQO_VAULT_KEY, a key file that is named in ORQO_VAULT_KEY_FILE or the settings, and ORQO_VAULT_PASSPHRASE_FILE
    are used, in this order, where they are set; otherwise a key file is made in your own configuration folder.
    A store that is there is never touched. Where this machine has seen one that is gone, you are asked.
    """
    from orqo_vault_file.creation import create, lost
    from orqo_vault_file.format.header import short

    store = store_to_change(host, backend_name)
    known = lost(store)
    if known:
        gone = ", ".join(map(short, known))
        question = f"{store.directory}: this machine has seen store {gone} here, and it is gone. Make a new one?"
        if not confirmed(host, question, yes=yes):
            return 1
    created = create(store, Deadline(SECONDS))
    host.tell(str(created))
    if as_json:
        key_file = created.first.place if created.first.made else None
        host.print_json({"store": created.store_id, "directory": created.directory, "made_key_file": key_file})
    return 0
