"""Shows an error: ``orqo-vault: what: why`` and a hint, or one JSON object; on stderr either way."""

from __future__ import annotations

import sys

from orqo_vault.cli.terminal import printable
from orqo_vault.errors import OrqoVaultError

SCHEMA_VERSION = 1
BOLD_RED, DIM, RESET = "\x1b[1;31m", "\x1b[2m", "\x1b[0m"


def show(error: OrqoVaultError, *, as_json: bool, color: bool | None) -> None:
    """Write the error to stderr. A stderr that is closed or full changes nothing about the exit code."""
    stream = sys.stderr
    if stream is None:
        return
    if color is None:
        color = stream.isatty()
    text = as_object(error) if as_json else as_lines(error, color=color)
    try:
        stream.write(text + "\n")
        stream.flush()
    except OSError:
        return  # nobody can be told


def as_lines(error: OrqoVaultError, *, color: bool) -> str:
    """Return the error for a person. Further lines are indented, so that no text from a file passes for ours."""
    name, hint, end = (f"{BOLD_RED}orqo-vault:{RESET}", DIM, RESET) if color else ("orqo-vault:", "", "")
    lines = [f"{name} {_indented(str(error))}"]
    if error.hint:
        lines.append(f"{hint}hint: {_indented(error.hint)}{end}")
    return "\n".join(lines)


def as_object(error: OrqoVaultError) -> str:
    """Return the error for a program."""
    import json

    place = error.location
    return json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "error": {
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
                "location": place._asdict() if place is not None else None,
                "paths": list(error.paths),
            },
        }
    )


def _indented(text: str) -> str:
    return "\n  ".join(printable(line) for line in text.splitlines())
