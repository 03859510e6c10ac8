"""A flat JSON object of variables. A value that moved leaves nothing: JSON has no comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orqo_vault.exchange.json_text import edited, parse, without_members
from orqo_vault.exchange.sources import NO_NAME, LeftOut, Moved, Place, Reading, Source
from orqo_vault.secret import SecretValue
from orqo_vault.variables import malformed


class Json(Source):
    about = "a flat JSON object"

    def read(self, text: str) -> Reading:
        """Return its texts; numbers, lists and what stands twice are left out."""
        members = parse(text).members
        if members is None:
            raise ValueError("it is no JSON object")
        names = [member.key for member in members]
        found: dict[Place, SecretValue] = {}
        left_out: dict[str, LeftOut] = {}
        for number, member in enumerate(members, 1):
            if malformed(member.key):
                left_out[f"member {number}"] = LeftOut(f"member {number}", NO_NAME)
            elif names.count(member.key) > 1:
                left_out[member.key] = LeftOut(member.key, "stands there twice")
            elif member.value.string is None:
                left_out[member.key] = LeftOut(member.key, "is no text")
            else:
                found[Place("", member.key)] = SecretValue(member.value.string)
        return Reading(found, tuple(left_out.values()))

    def replaced(self, text: str, moved: Mapping[Place, Moved], run: Sequence[str]) -> str:
        """Return the object without the members that moved."""
        return edited(text, without_members(parse(text), {place.name for place in moved}))


SOURCE = Json()
