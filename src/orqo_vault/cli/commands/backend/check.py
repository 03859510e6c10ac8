"""``orqo-vault backend check``: whether backends can be used now."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import backend_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, older_option, pass_invocation
from orqo_vault.cli.printing import print_json, print_text
from orqo_vault.cli.report import print_report
from orqo_vault.vault.backend_health import backend_policy, check_backends


@click.command("check", cls=Command)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=backend_names)
@click.option("--policy", is_flag=True, help="Print the least permissions this project's reads need; ask nobody.")
@older_option
@json_option
@pass_invocation
def command(invocation: Invocation, names: tuple[str, ...], policy: bool, allow_older: bool, as_json: bool) -> int:
    """Find out whether backends can be reached, logged in to, and read where this project's secrets are.

    Without NAME all of them. The exit status is that of the gravest problem, 0 when there is none.
    """
    vault = invocation.vault(allow_older=allow_older)
    if policy:
        policies = {name: backend_policy(vault, name) for name in names or vault.settings.backends}
        if as_json:
            print_json({"policies": policies})
        else:
            print_text("\n".join(policies.values()))
        return 0
    report = check_backends(vault, names)
    print_report(report, as_json=as_json)
    return report.exit_code
