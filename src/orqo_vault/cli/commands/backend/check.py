"""``orqo-vault backend check``: whether backends can be used now."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import backend_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, older_option, pass_invocation
from orqo_vault.cli.report import print_report
from orqo_vault.vault.backend_health import check_backends


@click.command("check", cls=Command)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=backend_names)
@older_option
@json_option
@pass_invocation
def command(invocation: Invocation, names: tuple[str, ...], allow_older: bool, as_json: bool) -> int:
    """Find out whether backends can be reached, logged in to, and read where this project's secrets are.

    Without NAME all of them. The exit status is that of the gravest problem, 0 when there is none.
    """
    report = check_backends(invocation.vault(allow_older=allow_older), names)
    print_report(report, as_json=as_json)
    return report.exit_code
