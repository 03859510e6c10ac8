"""``orqo-vault store marks import``: let this machine know what another has seen."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import SECONDS, backend_option, json_option, store_to_read

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost


@click.command("import", cls=QuietCommand)
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@backend_option
@json_option
@click.pass_obj
def command(host: CommandHost, file: IO[str], backend_name: str | None, as_json: bool) -> None:
    """Take over what another machine has seen.

    FILE may be -, for standard input. What this machine knows is only raised, never lowered. Needs no key.
    """
    from orqo_vault_file.history.mark_transfer import import_marks

    count = import_marks(store_to_read(host, backend_name), file.read(), Deadline(SECONDS))
    if as_json:
        host.print_json({"paths": count})
    else:
        host.say(f"took over the marks of {count} paths")
