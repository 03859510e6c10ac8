"""``orqo-vault run``: starts a command with the credentials in its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import older_option, pass_invocation, reason_option, selection_options
from orqo_vault.cli.running import RunRequest, run

if TYPE_CHECKING:
    from orqo_vault.run.streams import When


@click.command("run", cls=Command, context_settings={"allow_interspersed_args": False})
@selection_options
@click.option("--clean-env", is_flag=True, help="Inherit only PATH, HOME, locale and the like.")
@older_option
@reason_option
@click.option(
    "--mask",
    type=click.Choice(["auto", "always", "never"]),
    help="Mask secrets in the output: on pipes (auto), on a terminal too (always).",
)
@click.option(
    "--kill-after",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Kill COMMAND so long after a SIGTERM.",
)
@click.option("--manifest", type=click.Path(dir_okay=False), metavar="FILE", help="Write what it gets, names only.")
@click.option("--json", "as_json", is_flag=True, help="Report our own errors as JSON on stderr.")
@click.argument("words", metavar="-- COMMAND...", nargs=-1, type=click.UNPROCESSED)
@pass_invocation
def command(
    invocation: Invocation,
    run_name: str | None,
    only: tuple[str, ...],
    clean_env: bool,
    allow_older: bool,
    reason: str | None,
    mask: When | None,
    kill_after: float | None,
    manifest: str | None,
    as_json: bool,
    words: tuple[str, ...],
) -> NoReturn:
    """Run COMMAND with the selected credentials in its environment: all of them, or it does not start.

    Without --run and --only the run called default is meant. What opens the backends (ORQO_VAULT_*, VAULT_TOKEN
    and the like) is taken out of what COMMAND inherits.

    The exit status is COMMAND's own; 125 when orqo-vault failed before it started, 126 when it cannot be executed,
    127 when it is not found.
    """
    invocation.json = as_json  # a --json that follows may be the command's own
    request = RunRequest(
        words,
        only=only,
        run=run_name,
        clean_env=clean_env,
        allow_older=allow_older,
        reason=reason,
        mask=mask,
        kill_after=kill_after,
        manifest=manifest,
    )
    run(invocation, request)
