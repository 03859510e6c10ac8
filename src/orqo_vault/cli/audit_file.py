"""The log that an ``audit`` command looks at: the one it is given, else the project's."""

from __future__ import annotations

from pathlib import Path

import click

from orqo_vault.cli.invocation import Invocation
from orqo_vault.vault.audit_log import Log, log_at, log_of

log_file_argument = click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))


def chosen_log(invocation: Invocation, file: str | None) -> Log:
    """Return the log; a project's need not exist yet."""
    if file is not None:
        return log_at(Path(file), invocation.environ)
    return log_of(invocation.vault())
