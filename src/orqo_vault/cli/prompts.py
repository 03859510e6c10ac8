"""Asks the person at the terminal; what is secret is not shown while it is typed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from orqo_vault.cli.command import aborted
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import SecretValue

TYPED_BY_HAND = 16
"""Shorter values are typed rather than pasted, and are asked for twice."""
LINE_LIMIT = 1023 if sys.platform == "darwin" else 4095
"""A terminal drops, without a word, what is longer than this on one line."""

Check = Callable[[str], None]
"""Raises an :class:`OrqoVaultError` that says why an answer will not do; it is then asked for again."""


def ask(question: str, *, default: str = "", check: Check | None = None) -> str:
    """Return an answer; an empty one means the default, which is shown."""
    while True:
        answer: str = click.prompt(question, default=default, show_default=bool(default), err=True).strip()
        if _passes(check, answer):
            return answer


def ask_hidden(question: str, *, again: bool = True, check: Check | None = None) -> SecretValue:
    """Return what was typed unseen; empty when nothing was."""
    while True:
        first = _hidden(question)
        if not _passes(check, first):
            continue
        if not again or not first or len(first) >= TYPED_BY_HAND or first == _hidden("  once more"):
            return SecretValue(first)
        click.echo("the two differ; please type it again", err=True)


def ask_choice(question: str, choices: Sequence[tuple[str, str]], *, default: str = "") -> str:
    """Return one of the choices (name, explanation), picked by its number or its name; a single one is not asked."""
    names = [name for name, _ in choices]
    if len(names) == 1:
        return names[0]
    width = max(map(len, names))
    for number, (name, text) in enumerate(choices, 1):
        click.echo(f"  {number}. {name.ljust(width)}  {text}".rstrip(), err=True)
    while True:
        answer = ask(question, default=default)
        if answer in names:
            return answer
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        click.echo("please answer with a number or a name from the list", err=True)


def confirm(question: str, *, yes: bool, interactive: bool) -> bool:
    """Return True when it may be done. Where nobody can be asked, ``yes`` must have been said."""
    if yes:
        return True
    if not interactive:
        raise UsageError(f"{question} nobody is there to answer", hint="say --yes to mean it")
    return click.confirm(question, default=False, err=True)


def _passes(check: Check | None, answer: str) -> bool:
    if check is None:
        return True
    try:
        check(answer)
    except OrqoVaultError as error:
        click.echo(f"  {error}", err=True)
        return False
    return True


def _hidden(question: str) -> str:
    try:
        answer: str = click.prompt(question, default="", hide_input=True, show_default=False, err=True)
    except click.Abort as error:
        raise aborted(error) from None  # a run asks for a passphrase where no click is around it
    if len(answer.encode()) >= LINE_LIMIT:
        raise UsageError("that is too long to be typed: the terminal cut it", hint="use --from-file or standard input")
    return answer
