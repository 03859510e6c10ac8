"""``orqo-vault check``: whether a run could start now, with everything that stands in its way."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, older_option, pass_invocation, selection_options
from orqo_vault.cli.report import print_report
from orqo_vault.cli.selection import selected
from orqo_vault.cli.usage import UsageError
from orqo_vault.vault.checking import check, check_all


@click.command("check", cls=Command)
@selection_options
@click.option("--all", "everything", is_flag=True, help="Every credential and every run of the settings.")
@older_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    run_name: str | None,
    only: tuple[str, ...],
    everything: bool,
    allow_older: bool,
    as_json: bool,
) -> int:
    """Find out whether a run could start now: every secret it needs exists and can be read.

    The exit status is that of the gravest problem, 0 when there is none.
    """
    selection = selected(only, run_name)
    if everything and (only or run_name):
        raise UsageError("--all goes with neither --only nor --run")
    vault = invocation.vault(allow_older=allow_older)
    report = check_all(vault) if everything else check(vault, only=selection.only, run=selection.run)
    print_report(report, as_json=as_json)
    return report.exit_code
