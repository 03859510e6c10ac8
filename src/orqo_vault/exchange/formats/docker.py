"""The file of ``docker run --env-file``: a line is a variable, and nothing is quoted.

The rules are those of docker's own reader, ``pkg/kvfile`` in github.com/docker/cli: "Both keys and values are used
as-is; no interpolation, substitution or escaping is supported, and quotes are considered part of the key or value."
"Maximum line-length is limited to bufio.MaxScanTokenSize", which counts the newline; the scanner drops a carriage
return before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from orqo_vault.exchange.formats import Format, Plain

LONGEST_LINE = 64 * 1024 - 1


class Docker(Format):
    def unfit(self, name: str, value: str) -> str | None:
        """Refuse what would become two lines, lose its last character or be too long for the reader."""
        if "\n" in value:
            return "has a newline"
        if value.endswith("\r"):
            return "ends in a carriage return"
        if len(_line(name, value).encode()) > LONGEST_LINE:
            return f"makes a line longer than {LONGEST_LINE} bytes"
        return None

    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return a line for each."""
        return "".join(f"{_line(each.name, each.value)}\n" for each in variables)


def _line(name: str, value: str) -> str:
    return f"{name}={value}"


FORMAT = Docker()
