"""Where secret values come from: a file, an environment variable, standard input, JSON. Never the command line.

Of a value that is one line the final newline is dropped, because editors and ``echo`` add it; a value of several
lines, and a field that may have several, is kept byte for byte. ``exact`` keeps everything.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from orqo_vault.cli.usage import UsageError
from orqo_vault.credential_types import Field
from orqo_vault.secret import SecretValue

MAX_BYTES = 1024 * 1024
STANDARD_INPUT = "-"


def from_file(field: Field, path: str, *, exact: bool = False) -> SecretValue:
    """Return what the file holds; ``-`` is standard input."""
    if path == STANDARD_INPUT:
        return from_stdin(field, exact=exact)
    return _value(field, file_content(path, f"the file given for {field.name}"), exact=exact)


def from_stdin(field: Field, *, exact: bool = False) -> SecretValue:
    """Return standard input, to its end."""
    return _value(field, _standard_input(), exact=exact)


def from_environment(field: Field, variable: str, environ: Mapping[str, str]) -> SecretValue:
    """Return the variable's value as it is. Its name is not quoted: people write ``$NAME`` where NAME is meant."""
    if variable not in environ:
        raise UsageError(
            f"the variable named for {field.name} is not set", hint="give the variable's name: without $, not its value"
        )
    if not environ[variable]:
        raise _empty(field)
    return _value(field, environ[variable].encode("utf-8", "surrogateescape"), exact=True)


def from_json(path: str) -> dict[str, SecretValue]:
    """Return the fields of a JSON object whose values are texts or whole numbers."""
    import json

    content = _standard_input() if path == STANDARD_INPUT else file_content(path, "the JSON file")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise UsageError("the input is not JSON", hint='give an object: {"field": "value"}') from None
    if not isinstance(data, dict):
        raise UsageError("the input is no JSON object", hint='give an object: {"field": "value"}')
    for name, value in data.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise UsageError(f"field {name!r} of the JSON object is neither text nor a whole number")
    return {name: SecretValue(str(value)) for name, value in data.items()}


def _value(field: Field, content: bytes, *, exact: bool) -> SecretValue:
    if not exact and not field.multiline:
        content = _without_its_newline(content)
    if not content and not (exact and field.may_be_empty):
        raise _empty(field)
    try:
        return SecretValue(content.decode())
    except UnicodeDecodeError:
        raise UsageError(
            f"the value for {field.name} is not text (UTF-8)",
            hint="for bytes declare encoding: base64 and store them as base64",
        ) from None


def _empty(field: Field) -> UsageError:
    meant = "; to store the empty text: --exact" if field.may_be_empty else ""
    return UsageError(f"the value for {field.name} is empty", hint=f"to remove a field: --clear {field.name}{meant}")


def _without_its_newline(content: bytes) -> bytes:
    line = content[:-1].removesuffix(b"\r") if content.endswith(b"\n") else content
    return content if b"\n" in line else line


def file_content(path: str, what: str) -> bytes:
    """Return what a file holds; ``what`` it is called where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return _bounded(file.read(MAX_BYTES + 1), what)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have that name"
        raise UsageError(f"{what} cannot be read: {reason}") from None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal, which would show the value", hint="pipe it, or use --from-file")
    return _bounded(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")


def _bounded(content: bytes, what: str) -> bytes:
    if len(content) > MAX_BYTES:
        raise UsageError(f"{what} is larger than {MAX_BYTES // 1024} KiB: that is no secret")
    return content
