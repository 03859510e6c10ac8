"""Settings files as no formatter would leave them, from a seed: indents, comments, brackets, quotes, blank lines."""

from __future__ import annotations

from random import Random
from typing import Any

COMMENTS = ["", "", "", "   # why", " # a: b, {c}", "\t# 'quoted'"]
NAMES = ["Mail", "Zürich 😀", "a: b", "it's", "# no comment", "8200", "null", "x, y", "{z}", "two\nlines"]


class OddFile:
    """A valid settings file and what it says."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._step = random.choice([1, 2, 2, 3, 4, 8])
        self.data: dict[str, Any] = {
            "backends": {"local": {"type": "encrypted-file"}},
            "credentials": {f"c{number}": self._credential(number) for number in range(random.randrange(5))},
        }
        self.data["runs"] = {f"r{number}": self._run() for number in range(random.randrange(3))}
        self.text = self._file()

    def _credential(self, number: int) -> dict[str, Any]:
        pick = self._random.choice
        entry = {"name": pick(NAMES[:8]), "key": f"KEY_{number}", "category": "custom", "type": "username_password"}
        entry |= {"description": pick(NAMES)} if pick([0, 1]) else {}
        entry |= {"backend": "local"} if pick([0, 1]) else {}
        nested: dict[str, Any] = {"values": {"username": pick(NAMES)}} if pick([0, 1]) else {}
        nested |= {"env": {"username": [f"USER_{number}", f"LOGIN_{number}"], "primary": None}} if pick([0, 1]) else {}
        items = list((entry | nested).items())
        self._random.shuffle(items)
        return dict(items)

    def _run(self) -> dict[str, Any]:
        known = list(self.data["credentials"])
        return {"credentials": self._random.sample(known, self._random.randrange(len(known) + 1)), "budget": 2.5}

    def _file(self) -> str:
        lines = [*self._between(0), *self._random.choice([[], ["---"]]), "version: 1" + self._comment()]
        for section, entries in self.data.items():
            lines += self._between(0) + self._pair(section, entries, 0)
        text = "\n".join([*lines, *self._between(0)]) + self._random.choice(["\n", "", "\n\n"])
        return text.replace("\n", self._random.choice(["\n", "\n", "\r\n"]))

    def _pair(self, key: str, value: Any, column: int) -> list[str]:
        head = f"{' ' * column}{self._random.choice([key, key, repr(key)])}{self._random.choice(['', '', ' '])}:"
        if isinstance(value, dict) and value and self._random.randrange(3):
            lines = [head + self._comment()]
            for name, part in value.items():
                lines += self._between(column + self._step) + self._pair(name, part, column + self._step)
            return lines
        if isinstance(value, list) and value and self._random.randrange(3) == 0:
            return [head, *(f"{' ' * column}- {self._scalar(part)}" for part in value)]
        if isinstance(value, str) and "\n" in value:
            return [head + " |-", *(" " * (column + self._step) + line for line in value.split("\n"))]
        return [f"{head}{' ' * self._random.choice([1, 1, 3])}{self._flow(value, column)}{self._comment()}"]

    def _flow(self, value: Any, column: int) -> str:
        apart = self._random.choice([", ", ",", " ,  ", f", # and\n{' ' * (column + 9)}"])
        space = self._random.choice(["", "", " "])
        if isinstance(value, dict):
            inside = apart.join(f"{key}: {self._flow(part, column)}" for key, part in value.items())
            return f"{{{space}{inside}{self._random.choice(['', ' ,']) if value else ''}{space}}}"
        if isinstance(value, list):
            return f"[{apart.join(self._scalar(part) for part in value)}]"
        return self._scalar(value)

    def _scalar(self, value: Any) -> str:
        if value is None or isinstance(value, float):
            return "null" if value is None else str(value)
        quoted = value.replace("\n", "\\n")
        plain = [value] if value.replace("_", "").replace("-", "").isalpha() and value != "null" else []
        single = ["'" + value.replace("'", "''") + "'"] if "\n" not in value else []
        return self._random.choice([f'"{quoted}"', *single, *plain, *plain])

    def _between(self, column: int) -> list[str]:
        comment = " " * self._random.choice([0, column, column, column + 2]) + "# a note"
        return self._random.choice([[], [], [], [""], [comment], ["", comment], [comment, "", comment]])

    def _comment(self) -> str:
        return self._random.choice(COMMENTS)
