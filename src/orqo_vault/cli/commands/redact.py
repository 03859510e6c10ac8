"""``orqo-vault redact``: a pipe that masks the values of credentials."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import older_option, pass_invocation, reason_option, selection_options
from orqo_vault.cli.selection import selected
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import MissingSecretsError
from orqo_vault.redaction import Patterns, Redactor, patterns
from orqo_vault.vault.masking import ToMask, values_to_mask

PIECE = 65_536
"""Bytes: all that a pipe holds."""


@click.command("redact", cls=Command)
@selection_options
@older_option
@reason_option
@pass_invocation
def command(
    invocation: Invocation, run_name: str | None, only: tuple[str, ...], allow_older: bool, reason: str | None
) -> None:
    """Copy standard input to standard output with the stored values of credentials masked.

    Without --run and --only those of the run called default. Also as JSON, URL, hex and base64 write them; values
    shorter than 6 characters are not masked. When a secret cannot be read, nothing is copied.

    It guards against accidents: whoever wants to get a value past it can.
    """
    selection = selected(only, run_name)
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("there is nothing to read", hint="COMMAND 2>&1 | orqo-vault redact")
    vault = invocation.vault(allow_older=allow_older).acting(reason=reason)
    found = values_to_mask(vault, only=selection.only, run=selection.run)
    made = patterns(found.values)
    _refuse_to_mask_nothing(made, found)
    invocation.close()
    _tell_what_stays(invocation, made, found)
    redactor = Redactor(made)
    for piece in _pieces():
        _write(redactor.feed(piece))
    _write(redactor.finish())
    places = "1 place" if redactor.count == 1 else f"{redactor.count} places"
    invocation.say(f"orqo-vault: {places} masked")  # as a run says it: others write to this stderr too


def _refuse_to_mask_nothing(made: Patterns, found: ToMask) -> None:
    if not made:
        raise MissingSecretsError(
            "there is nothing to mask: " + ("all values are too short" if made.too_short else "no value is stored"),
            hint="choose other credentials with --only or --run",
        )


def _tell_what_stays(invocation: Invocation, made: Patterns, found: ToMask) -> None:
    if found.without:
        invocation.say(f"orqo-vault: not masked, since no value is stored: {', '.join(found.without)}")
    if made.too_short:
        values, are = ("value", "is") if made.too_short == 1 else ("values", "are")
        invocation.tell(f"orqo-vault: {made.too_short} {values} shorter than 6 characters {are} not masked")


def _pieces() -> Iterator[bytes]:
    """Yield what is there as soon as it is there."""
    source = sys.stdin.buffer
    assert isinstance(source, io.BufferedReader | io.BytesIO)
    while piece := source.read1(PIECE):
        yield piece


def _write(data: bytes) -> None:
    if data:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
