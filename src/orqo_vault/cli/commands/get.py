"""``orqo-vault get``: one value, byte for byte. The only command that reveals one."""

from __future__ import annotations

import sys

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import fields
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, older_option, pass_invocation, reason_option
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.target import readable_field
from orqo_vault.cli.terminal import stdout_is_terminal
from orqo_vault.cli.usage import UsageError


@click.command("get", cls=Command)
@click.argument("target", metavar="ID[.FIELD]", shell_complete=fields)
@click.option("--reveal", is_flag=True, help="Show the value although standard output is a terminal.")
@older_option
@reason_option
@json_option
@pass_invocation
def command(
    invocation: Invocation, target: str, reveal: bool, allow_older: bool, reason: str | None, as_json: bool
) -> None:
    """Print one value, exactly as it is stored: no newline is added, except on a terminal.

    Without FIELD the primary secret is meant. A terminal is refused without --reveal: what it shows stays in its
    history.
    """
    if stdout_is_terminal() and not reveal:
        raise UsageError(
            "standard output is a terminal, where the value would stay", hint="say --reveal, or pipe it on"
        )
    vault = invocation.vault(allow_older=allow_older)
    credential_id, field = readable_field(vault.settings, target)
    value = vault.acting(reason=reason).value(credential_id, field).reveal()
    if as_json:
        print_json({"id": credential_id, "field": field, "value": value})
        return
    sys.stdout.buffer.write(value.encode() + (b"\n" if stdout_is_terminal() else b""))
    sys.stdout.flush()
