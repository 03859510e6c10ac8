"""``orqo-vault check``: whether a run could start now, with everything that stands in its way."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, older_option, pass_invocation, selection_options
from orqo_vault.cli.report import print_report
from orqo_vault.cli.selection import selected
from orqo_vault.cli.usage import UsageError
from orqo_vault.vault.checking import check, check_all, check_runs


@click.command("check", cls=Command)
@selection_options
@click.option("--all-runs", is_flag=True, help="Every run of the settings, with all it needs.")
@click.option("--all", "everything", is_flag=True, help="Every credential too, whether a run has it or not.")
@click.option("--clean-env", is_flag=True, help="As for run: inherit only PATH, HOME, locale and the like.")
@older_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    run_name: str | None,
    only: tuple[str, ...],
    all_runs: bool,
    everything: bool,
    clean_env: bool,
    allow_older: bool,
    as_json: bool,
) -> int:
    """Find out whether a run could start now: every secret it needs is there, can be read and handed over, nothing
    has expired, no two want one variable.

    Asks nobody without a terminal. The exit status is that of the gravest problem, 0 when there is none.
    """
    selection = selected(only, run_name)
    if sum([everything, all_runs, bool(only or run_name)]) > 1:
        raise UsageError("only one of --all, --all-runs and a selection can be checked at once")
    vault = invocation.vault(allow_older=allow_older)
    if everything:
        report = check_all(vault)
    elif all_runs:
        report = check_runs(vault, clean_env=clean_env)
    else:
        report = check(vault, only=selection.only, run=selection.run, clean_env=clean_env)
    print_report(report, as_json=as_json)
    return report.exit_code
