"""``orqo-vault store slot list``: who may open the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import backend_option, json_option, store_to_read

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault_file.keys.slots import Slot

COLUMNS = ("Id", "Opened by", "Label")


@click.command("list", cls=QuietCommand)
@backend_option
@json_option
@click.pass_obj
def command(host: CommandHost, backend_name: str | None, as_json: bool) -> None:
    """List the slots of the store. Needs no key."""
    from orqo_vault_file.keys.slot_changes import list_slots

    store = store_to_read(host, backend_name)
    known, unknown = list_slots(store)
    if as_json:
        newer = [{"id": each, "kind": None, "label": None} for each in unknown]
        host.print_json({"slots": [*map(as_object, known), *newer]})
        return
    if not known and not unknown:
        host.say(f"{store.directory} holds no slot; orqo-vault store init makes a store")
    rows = [(slot.id, slot.opened_by, slot.label) for slot in known]
    host.print_table(COLUMNS, [*rows, *((each, "(what a newer version knows)", "") for each in unknown)])


def as_object(slot: Slot) -> dict[str, str]:
    """Return one slot for JSON."""
    return {"id": slot.id, "kind": slot.kind, "label": slot.label}
