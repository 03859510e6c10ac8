"""Options that say how many tokens a request used, as a provider's export has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from orqo_vault.cli.usage import UsageError
from orqo_vault.credits import Tokens

F = TypeVar("F", bound=Callable[..., Any])

COUNT = click.IntRange(min=0)
OPTIONS = (
    ("--input", "All input tokens."),
    ("--output", "All output tokens."),
    ("--cached-input", "Of the input: read from the provider's cache."),
    ("--cache-write", "Of the input: written to it."),
)


def token_options(command: F) -> F:
    """Add the options; the command gets them as ``input``, ``output``, ``cached_input`` and ``cache_write``."""
    for name, text in reversed(OPTIONS):
        command = click.option(name, type=COUNT, metavar="N", help=text)(command)
    return command


def counted(**counts: int | None) -> Tokens | None:
    """Return what was counted, None where nothing was said."""
    said = {kind: count for kind, count in counts.items() if count is not None}
    if not said:
        return None
    if "input" not in said or "output" not in said:
        raise UsageError("--input and --output are said together", hint="0 is a number, too")
    try:
        return Tokens(**said)
    except ValueError as error:
        raise UsageError(str(error)) from None
