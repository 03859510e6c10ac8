"""A ``.env`` file. A value that moved leaves a comment that says where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orqo_vault.exchange.dotenv_text import Entry, entries
from orqo_vault.exchange.json_text import Edit, edited
from orqo_vault.exchange.sources import NO_NAME, LeftOut, Moved, Place, Reading, Source
from orqo_vault.secret import SecretValue
from orqo_vault.variables import malformed


class Dotenv(Source):
    about = "a .env file"

    def read(self, text: str) -> Reading:
        """Return its assignments. One that stands twice with two values is left out: nobody can say which is meant."""
        found: dict[Place, SecretValue] = {}
        left_out: dict[str, LeftOut] = {}
        for entry in entries(text):
            line = f"line {entry.line}"
            if entry.name is None or entry.value is None:
                left_out[line] = LeftOut(line, "cannot be read as NAME=VALUE")
                continue
            if malformed(entry.name):
                left_out[line] = LeftOut(line, NO_NAME)
                continue
            value, place = SecretValue(entry.value), Place("", entry.name)
            if found.setdefault(place, value) != value:
                left_out[entry.name] = LeftOut(entry.name, "stands there twice, with two values")
        kept = {place: value for place, value in found.items() if place.name not in left_out}
        return Reading(kept, tuple(left_out.values()))

    def replaced(self, text: str, moved: Mapping[Place, Moved], run: Sequence[str]) -> str:
        """Return the file with a comment in the place of each assignment that moved."""
        edits = [
            Edit(entry.start, entry.end, _comment(text, entry, moved[Place("", entry.name)]))
            for entry in entries(text)
            if entry.name is not None and Place("", entry.name) in moved
        ]
        return edited(text, edits)


def _comment(text: str, entry: Entry, where: Moved) -> str:
    line = text[entry.start : entry.end]
    end = line[len(line.rstrip("\r\n")) :] if line.endswith(("\r", "\n")) else ""
    end = "\r\n" if end.endswith("\r\n") else end[-1:]
    return f"# {entry.name}: orqo-vault keeps it in {where.credential}.{where.field}{end}"


SOURCE = Dotenv()
