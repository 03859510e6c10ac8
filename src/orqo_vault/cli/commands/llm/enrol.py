"""``orqo-vault llm enrol``: keeps what makes this user's runs an organization's runs at a gateway."""

from __future__ import annotations

from pathlib import Path

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.prompts import ask_hidden
from orqo_vault.cli.usage import UsageError
from orqo_vault.cli.values import from_stdin
from orqo_vault.credential_types import Field

ENROLMENT = Field(name="enrolment", label="Enrolment", secret=True)


@click.command("enrol", cls=Command)
@click.argument("address", metavar="URL")
@json_option
@pass_invocation
def command(invocation: Invocation, address: str, as_json: bool) -> None:
    """Keep this user's enrolment at a gateway, which the operator made, in a file that only this user can read.

    It is asked for at a terminal, or read from stdin; it never stands on a command line. One that was kept for the
    same gateway is replaced.
    """
    from orqo_vault.platform_keys.control_plane import is_safe
    from orqo_vault.platform_keys.enrolments import write_enrolment
    from orqo_vault.state import config_root

    if not is_safe(address):
        raise UsageError("a gateway's address begins with https://, or with http:// on this machine")
    said = ask_hidden(ENROLMENT.label, again=False) if invocation.interactive else from_stdin(ENROLMENT)
    file = write_enrolment(Path(config_root(invocation.environ)), address, said)
    if as_json:
        print_json({"address": address, "file": str(file)})
        return
    invocation.say(f"enrolled at {address}: {file}")
