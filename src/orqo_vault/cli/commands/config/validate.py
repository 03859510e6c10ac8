"""``orqo-vault config validate``: whether the settings are valid."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.report import print_report
from orqo_vault.vault.checking import CheckReport, Finding


@click.command("validate", cls=Command)
@json_option
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Find out whether the settings are valid. What is wrong is said with file, line and column, exit status 4."""
    settings = invocation.settings()
    notes = tuple(Finding("settings", warning) for warning in settings.warnings)
    print_report(CheckReport(tuple(str(file) for file in settings.files), notes), as_json=as_json)
