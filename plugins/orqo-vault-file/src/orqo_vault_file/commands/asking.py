"""Asks the person at the terminal; where there is none, what destroys needs its own ``--yes``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import SecretValue

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost


def confirmed(host: CommandHost, question: str, *, yes: bool) -> bool:
    """Return True when it may be done; otherwise say that nothing was."""
    if yes:
        return True
    if not host.interactive:
        raise click.UsageError(f"{question} nobody is there to answer: say --yes to mean it")
    if click.confirm(question, default=False, err=True):
        return True
    host.say("nothing is changed")
    return False


def chosen(host: CommandHost, question: str, choices: Sequence[str]) -> str:
    """Return one of the choices; the caller knows that somebody is there."""
    answer: str = click.prompt(question, type=click.Choice(choices), err=True)
    return answer


def new_passphrase(host: CommandHost) -> SecretValue:
    """Return a passphrase that was typed twice, unseen, and is long enough."""
    from orqo_vault_file.keys.passphrases import refuse_weak

    while True:
        first = SecretValue(click.prompt("new passphrase", hide_input=True, err=True))
        try:
            refuse_weak(first)
        except OrqoVaultError as error:
            host.tell(f"  {error}; {error.hint}")
            continue
        if first == SecretValue(click.prompt("  once more", hide_input=True, err=True)):
            return first
        host.tell("  the two differ; please type it again")
