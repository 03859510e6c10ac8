"""``orqo-vault run``: the command takes this process over, with the credentials in its environment."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import older_option, pass_invocation, selected, selection_options
from orqo_vault.cli.usage import UsageError


@click.command("run", cls=Command, context_settings={"allow_interspersed_args": False})
@selection_options
@click.option("--clean-env", is_flag=True, help="Inherit only PATH, HOME, locale and the like.")
@older_option
@click.option("--json", "as_json", is_flag=True, help="Report an error of orqo-vault itself as JSON on stderr.")
@click.argument("words", metavar="-- COMMAND...", nargs=-1, type=click.UNPROCESSED)
@pass_invocation
def command(
    invocation: Invocation,
    run_name: str | None,
    only: tuple[str, ...],
    clean_env: bool,
    allow_older: bool,
    as_json: bool,
    words: tuple[str, ...],
) -> None:
    """Run COMMAND with the selected credentials in its environment: all of them, or it does not start.

    Without --run and --only the run called default is meant. What opens the backends (ORQO_VAULT_*, VAULT_TOKEN
    and the like) is taken out of what COMMAND inherits.

    The exit status is COMMAND's own; 125 when orqo-vault failed before it started, 126 when it cannot be executed,
    127 when it is not found.
    """
    from orqo_vault.run.execute import NOT_STARTED, replace_process

    invocation.json = as_json  # what follows the verb may be the command's own --json
    if not words:
        raise UsageError("no command to run", hint="orqo-vault run [--run NAME | --only ID,…] -- COMMAND…")
    selection = selected(only, run_name)
    invocation.failing_as = NOT_STARTED
    vault = invocation.vault(allow_older=allow_older)
    with vault.prepare(only=selection.only, run=selection.run) as prepared:
        environment = prepared.child_env(invocation.environ, clean=clean_env)
    invocation.close()
    invocation.failing_as = None  # from here on the status is the command's
    replace_process(words, environment)
