"""A ``.env`` file, as python-dotenv reads it.

Its reader expands ``${NAME}`` in every kind of quotes and has no escape for it, so such a value is refused. A
carriage return has to be written as an escape, because a text file's line ends are translated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orqo_vault.exchange.formats import Format, Plain

_EXPANDED = re.compile(r"\$\{[^}:]*(?::-[^}]*)?\}")
_AMBIGUOUS_BACKSLASH = re.compile(r"\\(?=[\\']|\Z)")


class Dotenv(Format):
    def unfit(self, name: str, value: str) -> str | None:
        """Refuse what a reader would expand."""
        return "has ${…}, which readers of .env files expand" if _EXPANDED.search(value) else None

    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return a quoted line for each, in the quotes that need the fewest escapes: other readers know fewer."""
        return "".join(f"{each.name}={_quoted(each.value)}\n" for each in variables)


def _quoted(value: str) -> str:
    wants_double = "\r" in value or ("'" in value and not re.search(r'["\\]', value))
    if wants_double:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r") + '"'
    if "'" in value or _AMBIGUOUS_BACKSLASH.search(value):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"'{value}'"


FORMAT = Dotenv()
