"""The dotenv format as python-dotenv reads it, with the place of every entry, so that a file can be edited.

``${NAME}`` is kept as it is: what a value refers to is the business of whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_BLANK = r"[^\S\r\n]*"
_SPACE = re.compile(r"\s*")
_EXPORT = re.compile(r"(?:export[^\S\r\n]+)?")
_KEY = re.compile(rf"(?:'(?P<quoted>[^']+)'|(?P<bare>(?!')[^=#\s]+)|(?=#)){_BLANK}")
_EQUALS = re.compile(rf"={_BLANK}")
_SINGLE = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_BARE = re.compile(r"[^\r\n]*")
_END = re.compile(rf"(?:{_BLANK}#[^\r\n]*)?{_BLANK}(?:\r\n|\n|\r|\Z)")
_REST = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)?")
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One assignment. ``value`` None: a name without ``=``. ``name`` None: a line nobody can read."""

    name: str | None
    value: str | None = field(repr=False)
    start: int
    end: int
    """Its text is ``[start:end]``, from the first character of its line to its line end."""
    line: int


def entries(text: str) -> Iterator[Entry]:
    """Yield the assignments and the unreadable lines of a file; comments and blank lines are left out."""
    place = 1 if text.startswith("\ufeff") else 0
    line = 1
    while place < len(text):
        found = _binding(text, place)
        start = _first_of_line(text, place, found.end)
        if found.name is not None or not found.readable:
            yield Entry(found.name, found.value, start, found.end, line + _lines(text, place, start))
        line += _lines(text, place, found.end)
        place = found.end


class _Binding(NamedTuple):
    end: int
    name: str | None = None
    value: str | None = None
    readable: bool = True


def _binding(text: str, place: int) -> _Binding:
    """Return what is bound at ``place``: an assignment, a comment, or a line that cannot be read."""
    place = _matched(_SPACE, text, place).end()
    if place == len(text):
        return _Binding(place)
    place = _matched(_EXPORT, text, place).end()
    key = _KEY.match(text, place)
    if key is None:
        return _unreadable(text, place)
    equals = _EQUALS.match(text, key.end())
    value, place = _value(text, equals.end(), equals[0]) if equals is not None else (None, key.end())
    end = _END.match(text, place)
    if end is None or (equals is not None and value is None):
        return _unreadable(text, place)
    return _Binding(end.end(), _translated(key["quoted"]) if key["quoted"] else key["bare"], value)


def _unreadable(text: str, place: int) -> _Binding:
    """Go on after the line in which reading stopped."""
    return _Binding(_matched(_REST, text, place).end(), readable=False)


def _value(text: str, place: int, equals: str) -> tuple[str | None, int]:
    """Return the value and where it ends; None where it is in quotes that do not close."""
    first = text[place : place + 1]
    if first == "#" and len(equals) > 1:
        return "", place
    if first in ("'", '"'):
        found = (_SINGLE if first == "'" else _DOUBLE).match(text, place)
        return (_unescaped(found[1], first), found.end()) if found is not None else (None, place)
    bare = _matched(_BARE, text, place)
    return re.sub(r"\s+#.*", "", bare[0]).rstrip(), bare.end()


def _unescaped(raw: str, quote: str) -> str:
    known = r"\\[\\']" if quote == "'" else r"\\[\\'\"abfnrtv]"
    return re.sub(known, lambda found: _ESCAPES[found[0][1]], _translated(raw))


def _translated(raw: str) -> str:
    # python-dotenv opens the file as text, so that every line end is one newline.
    return raw.replace("\r\n", "\n").replace("\r", "\n")


def _first_of_line(text: str, place: int, end: int) -> int:
    """Return where the binding's own line begins: blank lines before it are not its own."""
    first = next((at for at in range(place, end) if not text[at].isspace()), place)
    return max(text.rfind("\n", place, first), text.rfind("\r", place, first), place - 1) + 1


def _lines(text: str, start: int, end: int) -> int:
    return len(re.findall(r"\r\n|\n|\r", text[start:end]))


def _matched(pattern: re.Pattern[str], text: str, place: int) -> re.Match[str]:
    """Return the match of a pattern that matches the empty text, too."""
    found = pattern.match(text, place)
    assert found is not None  # see above
    return found
