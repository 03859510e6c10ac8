"""``orqo-vault store marks export``: write down what this machine has seen."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import backend_option, store_to_read

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost


@click.command("export", cls=QuietCommand)
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True, atomic=True))
@backend_option
@click.pass_obj
def command(host: CommandHost, file: IO[str], backend_name: str | None) -> None:
    """Write what this machine has seen to a file.

    FILE may be -, for standard output. It holds names, numbers and checksums, no secret; carry it on a way on which
    nobody who can change the store can change it too.
    """
    from orqo_vault_file.history.mark_transfer import export_marks

    text = export_marks(store_to_read(host, backend_name))
    file.write(text)  # the first touch of the file, which replaces what is there
