"""Options that several commands share, so that they read and mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from orqo_vault.cli.completing import credential_ids, run_names
from orqo_vault.cli.invocation import Invocation

F = TypeVar("F", bound=Callable[..., Any])

pass_invocation = click.make_pass_decorator(Invocation)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON; an error is JSON on stderr too.")
plain_option = click.option("--plain", is_flag=True, help="Print tab-separated values without a heading.")
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
older_option = click.option("--allow-older", is_flag=True, help="Accept older secrets than this machine saw.")
reason_option = click.option("--reason", metavar="TEXT", help="Why, for the audit log: one line.")
id_argument = click.argument("credential_id", metavar="ID", shell_complete=credential_ids)


def selection_options(command: F) -> F:
    """Add ``--run`` and ``--only``."""
    command = click.option(
        "--only",
        "only",
        multiple=True,
        metavar="ID,…",
        shell_complete=credential_ids,
        help="These credentials; may be repeated.",
    )(command)
    return click.option(
        "--run", "run_name", metavar="NAME", shell_complete=run_names, help="A run of the settings file."
    )(command)
