"""``orqo-vault store slot remove``: lock a key out of everything that is stored from now on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.asking import confirmed
from orqo_vault_file.commands.progress import progress_for
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import (
    SECONDS,
    SECONDS_FOR_ALL,
    backend_option,
    json_option,
    store_to_change,
    yes_option,
)

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault_file.keys.openers import Openers
    from orqo_vault_file.keys.slot_changes import Removal
    from orqo_vault_file.keys.slots import Slot


@click.command("remove", cls=QuietCommand)
@click.argument("names", metavar="SLOT...", nargs=-1, required=True)
@click.option("--key-file", "key_files", multiple=True, metavar="FILE", help="The key of a slot that stays.")
@click.option("--passphrase-file", "phrases", multiple=True, metavar="FILE", help="The passphrase of one that stays.")
@click.option("--drop-others", is_flag=True, help="With --yes: let the slots go whose keys are not here.")
@backend_option
@yes_option
@json_option
@click.pass_obj
def command(
    host: CommandHost,
    names: tuple[str, ...],
    key_files: tuple[str, ...],
    phrases: tuple[str, ...],
    drop_others: bool,
    backend_name: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Remove key slots.

    SLOT is a label or the start of an id. Everything is sealed again under a new master key.

    A slot that stays needs its key here, to get the new master key: the keys that open the store on this machine
    are used, and those you name. The others are shown and go too, once you say so. Interrupted, it goes on when it
    is called again. What the removed key could read, it has read: change the secrets themselves afterwards.
    """
    from orqo_vault_file.keys.slot_changes import find_slot, plan_removal, removable_slots, remove_slot
    from orqo_vault_file.reading import list_paths

    store = store_to_change(host, backend_name)
    _present(store.openers, key_files, phrases)
    known = removable_slots(store)
    first, *others = [find_slot(known, name) for name in dict.fromkeys(names)]
    named = {slot.id: slot for slot in (first, *others)}
    plan = plan_removal(store, first.id, Deadline(SECONDS), drop=named)
    _show(host, plan, list(named.values()))
    if not confirmed(host, "Remove them, and seal everything again?", yes=yes):
        return 1
    dropped = [slot_id for slot_id in (*(slot.id for slot in plan.dropped), *plan.unknown) if slot_id not in named]
    drop = {*named, *dropped} if drop_others or not yes else {*named}
    count = remove_slot(store, first.id, Deadline(SECONDS_FOR_ALL), drop=drop, progress=progress_for(host))
    paths = list_paths(store, "", Deadline(SECONDS))
    if as_json:
        host.print_json({"removed": list(named), "dropped": dropped, "sealed_again": count, "exposed": paths})
    host.tell(f"removed, and {count} sealed again: commit the store")
    if paths:
        host.tell(f"who was removed may have read these: now change the secrets themselves: {', '.join(paths)}")
    return 0


def _present(openers: Openers, key_files: Sequence[str], phrases: Sequence[str]) -> None:
    from orqo_vault_file.keys.invitation import read_key, read_passphrase

    for path in key_files:
        openers.give_key(read_key(os.path.abspath(path)))
    for path in phrases:
        openers.give_passphrase(read_passphrase(os.path.abspath(path)))


def _show(host: CommandHost, plan: Removal, named: Sequence[Slot]) -> None:
    for slot in named:
        host.tell(f"removes {slot}")
    for slot in plan.kept:
        host.tell(f"keeps   {slot}")
    for slot in plan.dropped:
        if slot not in named:
            host.tell(f"drops   {slot}: its key is not here")
    for slot_id in plan.unknown:
        host.tell(f"drops   {slot_id}: only a newer version knows what opens it")
