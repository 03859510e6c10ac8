"""JSON with the place of everything in it, so that a file is edited without touching the rest of it.

Comments and trailing commas are read too: editors allow them in their settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

DEEPEST = 100
_GAP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_ATOM = re.compile(r"-?\d[\d.eE+-]*|true|false|null")


@dataclass(frozen=True, slots=True)
class Node:
    """A value: its text is ``[start:end]``. Of the three others one is set, or none for a number, true, false, null."""

    start: int
    end: int
    string: str | None = field(default=None, repr=False)
    members: tuple[Member, ...] | None = None
    items: tuple[Node, ...] | None = None

    def get(self, key: str) -> Node | None:
        """Return the member of that name; None where there is none, or where this is no object."""
        return next((each.value for each in self.members or () if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Member:
    """A key and its value; ``start`` is where the key begins."""

    key: str
    start: int
    value: Node


class Edit(NamedTuple):
    """A piece of the text, and what takes its place."""

    start: int
    end: int
    text: str


def parse(text: str) -> Node:
    """Return the document; raise ``ValueError`` with the line where it stops being JSON, and no word of it."""
    node = _node(text, _after_gap(text, 1 if text.startswith("\ufeff") else 0), 0)
    rest = _after_gap(text, node.end)
    if rest != len(text):
        raise _wrong(text, rest)
    return node


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made; they do not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def without_members(node: Node, keys: Collection[str]) -> list[Edit]:
    """Return the edits that take members out of an object, each with its comma."""
    members = node.members or ()
    kept = [index for index, member in enumerate(members) if member.key not in keys]
    last = kept[-1] if kept else -1
    edits = [
        Edit(member.start, members[index + 1].start, "")
        for index, member in enumerate(members[: max(last, 0)])
        if member.key in keys
    ]
    if last < len(members) - 1:
        start = members[last].value.end if kept else members[0].start
        edits.append(Edit(start, members[-1].value.end, ""))
    return edits


def _node(text: str, place: int, depth: int) -> Node:
    if depth > DEEPEST:
        raise _wrong(text, place)
    first = text[place : place + 1]
    if first == "{":
        return _object(text, place, depth)
    if first == "[":
        return _array(text, place, depth)
    if first == '"':
        string, end = _string(text, place)
        return Node(place, end, string=string)
    atom = _ATOM.match(text, place)
    if atom is None:
        raise _wrong(text, place)
    return Node(place, atom.end())


def _object(text: str, start: int, depth: int) -> Node:
    members: list[Member] = []
    place = _after_gap(text, start + 1)
    while text[place : place + 1] != "}":
        key, end = _string(text, place)
        colon = _after_gap(text, end)
        if text[colon : colon + 1] != ":":
            raise _wrong(text, colon)
        value = _node(text, _after_gap(text, colon + 1), depth + 1)
        members.append(Member(key, place, value))
        place = _after_comma(text, value.end, "}")
    return Node(start, place + 1, members=tuple(members))


def _array(text: str, start: int, depth: int) -> Node:
    items: list[Node] = []
    place = _after_gap(text, start + 1)
    while text[place : place + 1] != "]":
        item = _node(text, place, depth + 1)
        items.append(item)
        place = _after_comma(text, item.end, "]")
    return Node(start, place + 1, items=tuple(items))


def _after_comma(text: str, place: int, closing: str) -> int:
    place = _after_gap(text, place)
    if text[place : place + 1] == ",":
        return _after_gap(text, place + 1)
    if text[place : place + 1] != closing:
        raise _wrong(text, place)
    return place


def _string(text: str, place: int) -> tuple[str, int]:
    found = _STRING.match(text, place)
    if found is None:
        raise _wrong(text, place)
    try:
        string: str = json.loads(found[0])
    except ValueError:
        string = ""
    else:
        return string, found.end()
    raise _wrong(text, place)


def _after_gap(text: str, place: int) -> int:
    found = _GAP.match(text, place)
    return found.end() if found is not None else place


def _wrong(text: str, place: int) -> ValueError:
    return ValueError(f"line {text.count(chr(10), 0, place) + 1} is not JSON")
