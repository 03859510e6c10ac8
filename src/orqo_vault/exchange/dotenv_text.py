"""The dotenv format as python-dotenv reads it, with the place of every entry, so that a file can be edited.

``${NAME}`` is kept as it is: what a value refers to is the business of whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLANK = r"[^\S\r\n]*"
_HEAD = re.compile(rf"\s*(?:export[^\S\r\n]+)?(?:'(?P<quoted>[^']+)'|(?P<bare>[^=#\s]+)|(?=#)){_BLANK}")
_EQUALS = re.compile(rf"={_BLANK}")
_SINGLE = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_BARE = re.compile(r"[^\r\n]*")
_END = re.compile(rf"(?:{_BLANK}#[^\r\n]*)?{_BLANK}(?:\r\n|\n|\r|\Z)")
_REST = re.compile(r"\s*[^\r\n]*(?:\r\n|\n|\r)?")
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
    while place < len(text):
        end, name, value, readable = _binding(text, place)
        start = _first_of_line(text, place, end)
        if name is not None or not readable:
            yield Entry(name, value, start, end, _line_of(text, start))
        place = end


def _binding(text: str, place: int) -> tuple[int, str | None, str | None, bool]:
    """Return where the binding at ``place`` ends, its name, its value, and whether it could be read."""
    if not text[place:].strip():
        return len(text), None, None, True
    head = _HEAD.match(text, place)
    if head is not None:
        name = head["quoted"] or head["bare"]
        found = _value(text, head.end())
        if found is not None:
            value, after = found
            end = _END.match(text, after)
            if end is not None:
                return end.end(), name, value, True
    rest = _REST.match(text, place)
    return (rest.end() if rest is not None else len(text)), None, None, False


def _value(text: str, place: int) -> tuple[str | None, int] | None:
    equals = _EQUALS.match(text, place)
    if equals is None:
        return None, place
    place = equals.end()
    first = text[place : place + 1]
    if first == "#" and len(equals[0]) > 1:
        return "", place
    if first in ("'", '"'):
        found = (_SINGLE if first == "'" else _DOUBLE).match(text, place)
        return (_unescaped(found[1], first), found.end()) if found is not None else None
    bare = _BARE.match(text, place)
    end = bare.end() if bare is not None else place
    return re.sub(r"\s+#.*", "", text[place:end]).rstrip(), end


def _unescaped(raw: str, quote: str) -> str:
    # Its reader opens the file as text, so that every line end is one newline.
    known = "\\\\|\\\\'" if quote == "'" else r"\\[\\'\"abfnrtv]"
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(known, lambda found: _ESCAPES[found[0][1]], text)


def _first_of_line(text: str, place: int, end: int) -> int:
    """Return where the binding's own line begins: blank lines before it are not its own."""
    first = next((at for at in range(place, end) if not text[at].isspace()), place)
    return max(text.rfind("\n", place, first), text.rfind("\r", place, first), place - 1) + 1


def _line_of(text: str, place: int) -> int:
    return len(re.findall(r"\r\n|\n|\r", text[:place])) + 1
