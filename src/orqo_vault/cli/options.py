"""Options that several commands share, so that they read and mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import click

from orqo_vault.cli.completing import credential_ids, run_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.usage import UsageError

F = TypeVar("F", bound=Callable[..., Any])

pass_invocation = click.make_pass_decorator(Invocation)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON; an error is JSON on stderr too.")
plain_option = click.option("--plain", is_flag=True, help="Print tab-separated values without a heading.")
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
older_option = click.option(
    "--allow-older", is_flag=True, help="Accept a secret older than what this machine has seen; only warn."
)
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


class Selected(NamedTuple):
    """What ``--only`` and ``--run`` say, as :meth:`orqo_vault.vault.Vault.prepare` takes it."""

    only: list[str] | None
    run: str | None


def selected(only: Iterable[str], run: str | None) -> Selected:
    """Return the selection; each id once, in the order they were named."""
    parts = tuple(only)
    if parts and run is not None:
        raise UsageError("--only and --run exclude each other", hint="name credentials or a run")
    named = [each.strip() for part in parts for each in part.split(",") if each.strip()]
    return Selected(list(dict.fromkeys(named)) if parts else None, run)
