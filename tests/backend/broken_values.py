"""Backends that change what they are given to keep."""

from __future__ import annotations

import json
import string
import unicodedata
from collections.abc import Callable
from typing import Any

from orqo_vault.backend import Deadline, Expected
from orqo_vault.secret import Secret
from tests.backend.judge import Refusing, caught_by

ROUND_TRIP = "test_a_value_comes_back_as_it_was_written"


class Changing(Refusing):
    """Writes what ``each`` makes of every value."""

    @staticmethod
    def each(value: str) -> str:
        return value

    def change(self, fields: dict[str, str]) -> dict[str, str]:
        return {name: self.each(value) for name, value in fields.items()}

    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        changed = Secret(self.change(secret.reveal()))
        return super().write(reference, changed, if_version=if_version, deadline=deadline)


def _parsed(value: str) -> str:
    try:
        return str(json.loads(value))
    except ValueError:
        return value


CHANGES: dict[str, Callable[[str], str]] = {
    "Strips": str.strip,
    "StripsOneFinalNewline": lambda value: value.removesuffix("\n"),
    "AddsAFinalNewline": lambda value: value if value.endswith("\n") else value + "\n",
    "TurnsCrlfIntoLf": lambda value: value.replace("\r\n", "\n"),
    "TurnsLoneCrIntoLf": lambda value: value.replace("\r\n", "\0").replace("\r", "\n").replace("\0", "\r\n"),
    "SplitsAtOddLineEnds": lambda value: value.replace("\x0b", "\n").replace("\x0c", "\n").replace("\u2028", "\n"),
    "KeepsAsciiOnly": lambda value: value.encode("ascii", "replace").decode(),
    "KeepsTheBasicPlaneOnly": lambda value: "".join(char if ord(char) < 0x10000 else "?" for char in value),
    "ComposesUnicode": lambda value: unicodedata.normalize("NFC", value),
    "DropsTheByteOrderMark": lambda value: value.encode().decode("utf-8-sig"),
    "ExpandsVariables": lambda value: string.Template(value).safe_substitute(HOME="/root"),
    "ParsesWhatLooksLikeJson": _parsed,
    "UnescapesBackslashes": lambda value: value.replace("\\n", "\n"),
}
for name, each in CHANGES.items():
    caught_by(ROUND_TRIP)(type(name, (Changing,), {"each": staticmethod(each)}))


@caught_by("test_the_largest_value_comes_back_whole")
class CutsAtSixteenKilobytes(Changing):
    def change(self, fields: dict[str, str]) -> dict[str, str]:
        return {name: value[: 16 * 1024] for name, value in fields.items()}


@caught_by(ROUND_TRIP, "test_a_secret_may_have_only_empty_fields")
class DropsEmptyFields(Changing):
    def change(self, fields: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in fields.items() if value}


@caught_by("test_field_names_come_back_as_they_were_written")
class FoldsFieldNames(Changing):
    def change(self, fields: dict[str, str]) -> dict[str, str]:
        return {name.lower(): value for name, value in fields.items()}


@caught_by("test_a_secret_may_have_one_field")
class CallsAnOnlyFieldValue(Changing):
    def change(self, fields: dict[str, str]) -> dict[str, str]:
        return {"value": next(iter(fields.values()))} if len(fields) == 1 else fields


@caught_by("test_a_secret_may_have_many_fields")
class KeepsFiftyFields(Changing):
    def change(self, fields: dict[str, str]) -> dict[str, str]:
        return dict(list(fields.items())[:50])


@caught_by("test_a_write_replaces_the_whole_secret", "test_expecting_absence_after_a_delete_creates")
class MergesOnWrite(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        self.seen: dict[str, Secret] = getattr(self, "seen", {})
        merged = self.seen.get(reference.path, Secret({})).replace(secret.reveal())
        version = super().write(reference, merged, if_version=if_version, deadline=deadline)
        self.seen[reference.path] = merged
        return version
