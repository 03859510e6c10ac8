"""Assignments for a POSIX shell: ``eval "$(orqo-vault export --format shell)"``."""

from __future__ import annotations

from collections.abc import Sequence

from orqo_vault.exchange.formats import Format, Plain


class Shell(Format):
    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return one ``export`` for each. Between single quotes a shell reads everything as it is, but the quote."""
        return "".join(f"export {each.name}={_quoted(each.value)}\n" for each in variables)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


FORMAT = Shell()
