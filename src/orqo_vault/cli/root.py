"""The command ``orqo-vault`` itself: the options before the verb, and the table of verbs."""

from __future__ import annotations

import io
import sys

import click

from orqo_vault.cli.command import aborted, translated
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.lazy import Lazy, LazyGroup
from orqo_vault.cli.terminal import When, color_wanted
from orqo_vault.version import __version__

PROGRAM = "orqo-vault"
COMPLETE = "_ORQO_VAULT_COMPLETE"
"""Set by the script of ``orqo-vault completion``, never by a person."""

_HERE = "orqo_vault.cli.commands"
SECTIONS = {
    "Credentials": {
        "add": Lazy(f"{_HERE}.add", "Declare a credential and store its secret."),
        "set": Lazy(f"{_HERE}.set", "Store a secret: one field or all."),
        "get": Lazy(f"{_HERE}.get", "Print one value."),
        "list": Lazy(f"{_HERE}.list", "List the credentials; values are masked."),
        "show": Lazy(f"{_HERE}.show", "Show one credential, without its value."),
        "test": Lazy(f"{_HERE}.test", "Ask the services of credentials whether they take them."),
        "edit": Lazy(f"{_HERE}.edit", "Change a credential's declaration."),
        "delete": Lazy(f"{_HERE}.delete", "Delete a credential."),
    },
    "Runs": {
        "run": Lazy(f"{_HERE}.run", "Run a command that finds the credentials in its environment."),
        "plan": Lazy(f"{_HERE}.plan", "Show what a run would set, by name; reads no secret."),
        "check": Lazy(f"{_HERE}.check", "Find out whether a run could start now."),
        "explain": Lazy(f"{_HERE}.explain", "Say why a variable is set as it is, or is not set."),
        "redact": Lazy(f"{_HERE}.redact", "Mask the values of credentials in what is piped through."),
        "export": Lazy(f"{_HERE}.export", "Write a run's variables the way another tool reads them."),
    },
    "Project": {
        "init": Lazy(f"{_HERE}.init", "Write a starter settings file."),
        "llm": Lazy(f"{_HERE}.llm", "LLM configs: a model and the credential it uses."),
        "backend": Lazy(f"{_HERE}.backend", "Where secrets are kept."),
        "audit": Lazy(f"{_HERE}.audit", "Who was given which secret."),
        "import": Lazy(f"{_HERE}.import_", "Turn plain-text variables into credentials."),
        "copy": Lazy(f"{_HERE}.copy", "Copy secrets from one backend to another."),
        "web": Lazy(f"{_HERE}.web", "Serve the credentials page on this machine."),
        "doctor": Lazy(f"{_HERE}.doctor", "Look for what is wrong on this machine."),
        "config": Lazy(f"{_HERE}.config", "Look at the settings file."),
        "completion": Lazy(f"{_HERE}.completion", "Print a completion script for your shell."),
    },
    "Platform": {
        "gateway": Lazy(f"{_HERE}.gateway", "Lend platform keys to runs without giving them away."),
        "credits": Lazy(f"{_HERE}.credits", "What organizations have, hold and use of the platform's keys."),
    },
}
ALIASES = {"ls": "list", "rm": "delete", "exec": "run"}


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"{PROGRAM} {__version__}")
        ctx.exit()


@click.group(
    PROGRAM,
    cls=LazyGroup,
    sections=SECTIONS,
    aliases=ALIASES,
    with_plugins=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("-c", "--config", metavar="FILE", help="The settings file, else found from here up.")
@click.option("-P", "--profile", metavar="NAME", help="Lay orqo-vault.NAME.yaml over it.")
@click.option("--operator", metavar="FILE", help="The operator's file, if not the usual one.")
@click.option("-v", "--verbose", count=True, help="Say what is done; -vv logs it.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what must be known.")
@click.option("--no-input", is_flag=True, help="Never ask; fail instead.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Use colour.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def root(
    ctx: click.Context,
    config: str | None,
    profile: str | None,
    operator: str | None,
    verbose: int,
    quiet: bool,
    no_input: bool,
    color: When,
) -> None:
    """Credentials for workflow engines: declared in a file that is safe to commit, stored where you keep secrets,
    injected when a workflow runs.
    """
    invocation = ctx.ensure_object(Invocation)
    invocation.config, invocation.profile, invocation.operator = config, profile, operator
    invocation.verbosity, invocation.quiet, invocation.no_input = verbose, quiet, no_input
    ctx.color = invocation.color = color_wanted(color, invocation.environ)
    ctx.call_on_close(invocation.close)
    if verbose > 1:
        from orqo_vault.cli.logs import log_on_stderr

        ctx.with_resource(log_on_stderr())


def obey(arguments: list[str], invocation: Invocation) -> int:
    """Parse and obey; return the exit status. Raises nothing of click's."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no "…" gets a "?", and no error
    try:
        instruction = invocation.environ.get(COMPLETE)
        if instruction:
            from click.shell_completion import shell_complete

            return shell_complete(root, {"obj": invocation}, PROGRAM, COMPLETE, instruction)
        with root.make_context(PROGRAM, arguments, obj=invocation) as ctx:
            return int(root.invoke(ctx) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.Abort as error:
        raise aborted(error) from None
    except click.ClickException as error:
        raise translated(error) from None
