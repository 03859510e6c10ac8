"""A command that does not quote what it was given by mistake: it may be a secret."""

from __future__ import annotations

import re

import click

from orqo_vault.cli.usage import InputEndedError, InterruptedByUserError, UsageError
from orqo_vault.errors import OrqoVaultError

_AN_OPTION = re.compile(r"--?[a-z][a-z-]{0,30}", re.IGNORECASE)


class Command(click.Command):
    """As click's; an argument too many is refused without being quoted."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise UsageError(
                f"{len(rest)} argument{'s' if len(rest) > 1 else ''} too many",
                hint=f"values never stand on the command line; {ctx.command_path} --help says where they come from",
            )
        return rest


def aborted(error: click.Abort) -> OrqoVaultError:
    """Return our error for Ctrl-C, or for the end of the input: click raises one class for both."""
    if isinstance(error.__context__, EOFError):
        return InputEndedError("the input ended before it was answered")
    return InterruptedByUserError("interrupted")


def translated(error: click.ClickException) -> UsageError:
    """Return click's error in our words. What is no option's name is not quoted: a key file begins with a dash."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "orqo-vault"
    hint = f"{path} --help shows what it takes"
    if isinstance(error, click.NoSuchOption):
        if not _AN_OPTION.fullmatch(error.option_name):
            return UsageError("there is no such option", hint=hint)
        near = f"did you mean {error.possibilities[0]}? " if error.possibilities else ""
        return UsageError(f"there is no option {error.option_name}", hint=near + hint)
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], hint=hint)
