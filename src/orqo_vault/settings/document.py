"""One YAML file as plain data, with the place of every key and every value.

Anchors and aliases are allowed (``x-…`` keys hold what is shared); what makes YAML dangerous or surprising is not:
tags, duplicate keys, merge keys, aliases that contain themselves, expansion without bound, nesting without bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings import events
from orqo_vault.settings.scalars import plain_value

MAX_DEPTH = 40
MAX_VALUES = 1_500_000
# Of one mapping or list, but for the sections of the file: each entry can be an error, and errors take memory.
MAX_ENTRIES = 20_000
SECTION = 2
MAX_ALIASED = 4_000_000

MISSING: Final = object()

KeyPath = tuple[str | int, ...]
# Where the key starts, where the value starts, and what is below: entries by key, by position, or a scalar's text.
Entry = tuple[int, int, "dict[str, Entry] | list[Entry] | str"]


class Document:
    """What one file says. ``data`` is shared, not copied: do not change it."""

    __slots__ = ("_root", "_text", "data", "file")

    def __init__(self, file: str, text: str, data: dict[str, Any], root: Entry) -> None:
        self.file = file
        self.data = data
        self._text = text
        self._root = root

    def location(self, path: KeyPath, *, key: bool = False) -> Location:
        """Return where the value at ``path`` stands, or its key; for a mapping or a list that is its key, too.

        A path that leads nowhere is answered with the last place on the way to it.
        """
        entry, found = self._entry(path)
        key_index, value_index, under = entry
        at_key = key or not found or not isinstance(under, str)
        return events.place(self._text, key_index if at_key else value_index, self.file)

    def source(self, path: KeyPath) -> str | None:
        """Return a scalar as it is written (``012``, ``1.10``), None when there is none at ``path``."""
        (_, _, under), found = self._entry(path)
        return under if found and isinstance(under, str) else None

    def _entry(self, path: KeyPath) -> tuple[Entry, bool]:
        entry = self._root
        for part in path:
            under = below(entry[2], part)
            if under is MISSING:
                return entry, False
            entry = under
        return entry, True


def parse(content: bytes, file: str, *, parser: Callable[[str], Any] = events.parser) -> Document:
    """Return the document in ``content``; ``file`` is its name in errors.

    Raises :class:`~orqo_vault.errors.SettingsError` with file, line and column, and never with a value.
    """
    text = events.decode(content, file)
    try:
        return _Composer(text, file, parser(text).get_event).document()
    except yaml.MarkedYAMLError as error:
        raise events.refused(error, text, file) from None


class _Anchored(NamedTuple):
    """What an alias stands for. Its size and height count as if it were written out: readers walk and write it so."""

    data: Any
    under: Any
    size: int
    height: int


class _Composer:
    """Builds data and places in one pass over the parser's events; never a stack deeper than ``MAX_DEPTH``."""

    def __init__(self, text: str, file: str, get_event: Callable[[], Any]) -> None:
        self._text = text
        self._file = file
        self._next: Callable[[], Any] = get_event
        self._count = 0
        self._end = 0  # where the last mapping or list ended
        self._aliased = 0  # how many characters more there would be without aliases
        self._deepest = 0
        self._anchors: dict[str, _Anchored | None] = {}

    def document(self) -> Document:
        self._next()  # the start of the stream
        event = self._next()
        if type(event) is StreamEndEvent:
            return Document(self._file, self._text, {}, (0, 0, {}))
        data, under = self._value(self._next(), 0)
        start = event.start_mark.index
        if data is None:  # a file of comments and a `---`
            data, under = {}, {}
        if not isinstance(data, dict):
            self._refuse(start, "the file must be a mapping")
        self._next()  # the end of the document
        event = self._next()
        at = event.start_mark.index
        if type(event) is DocumentStartEvent:
            self._refuse(at, "a second document in the file")
        return Document(self._file, self._text, data, (start, start, under))

    def _value(self, event: Any, depth: int) -> tuple[Any, Any]:
        self._count += 1
        if self._count > MAX_VALUES:
            self._refuse(event.start_mark.index, f"more than {MAX_VALUES} values in the file")
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event, depth)
        if event.tag is not None:
            self._refuse(event.start_mark.index, "tags are not allowed")
        if event.anchor is not None:
            return self._anchored(event, depth)
        return self._scalar(event) if kind is ScalarEvent else self._container(event, depth + 1)

    def _scalar(self, event: Any) -> tuple[Any, str]:
        text = event.value
        if not event.implicit[0]:
            return text, text
        try:
            return plain_value(text), text
        except ValueError as error:
            self._refuse(event.start_mark.index, str(error))

    def _container(self, event: Any, depth: int) -> tuple[Any, Any]:
        self._go_down(event.start_mark.index, depth)
        return self._mapping(depth) if type(event) is MappingStartEvent else self._sequence(depth)

    def _anchored(self, event: Any, depth: int) -> tuple[Any, Any]:
        name = event.anchor
        self._anchors[name] = None  # open: an alias to it from within would never end
        aliased, deepest = self._aliased, self._deepest
        self._deepest = depth
        start, self._end = event.start_mark.index, event.end_mark.index
        is_scalar = type(event) is ScalarEvent
        data, under = self._scalar(event) if is_scalar else self._container(event, depth + 1)
        size, height = self._end - start + self._aliased - aliased, self._deepest - depth
        self._anchors[name] = _Anchored(data, under, size, height)
        self._deepest = max(self._deepest, deepest)
        return data, under

    def _go_down(self, at: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._refuse(at, f"nested more than {MAX_DEPTH} levels deep")
        self._deepest = max(self._deepest, depth)

    def _mapping(self, depth: int) -> tuple[dict[str, Any], dict[str, Entry]]:
        data: dict[str, Any] = {}
        places: dict[str, Entry] = {}
        while True:
            event = self._next()
            at = event.start_mark.index
            if type(event) is MappingEndEvent:
                break
            key = self._key(event)
            if key in data:
                self._refuse(at, "the same key twice in one mapping")
            if len(data) >= MAX_ENTRIES and depth != SECTION:
                self._refuse(at, f"more than {MAX_ENTRIES} entries in one mapping")
            event = self._next()
            data[key], under = self._value(event, depth)
            places[key] = at, event.start_mark.index, under
        self._end = at
        return data, places

    def _key(self, event: Any) -> str:
        at = event.start_mark.index
        if type(event) is not ScalarEvent:
            self._refuse(at, "a key must be plain text")
        if event.tag is not None:
            self._refuse(at, "tags are not allowed")
        key: str = event.value
        if key == "<<" and event.implicit[0]:
            self._refuse(at, "merge keys are not part of YAML 1.2", hint="name the shared mapping with an alias")
        return key

    def _sequence(self, depth: int) -> tuple[list[Any], list[Entry]]:
        data: list[Any] = []
        places: list[Entry] = []
        while True:
            event = self._next()
            at = event.start_mark.index
            if type(event) is SequenceEndEvent:
                break
            value, under = self._value(event, depth)
            if len(data) >= MAX_ENTRIES:
                self._refuse(at, f"more than {MAX_ENTRIES} entries in one list")
            data.append(value)
            places.append((at, at, under))
        self._end = at
        return data, places

    def _alias(self, event: Any, depth: int) -> tuple[Any, Any]:
        at = event.start_mark.index
        if event.anchor not in self._anchors:
            self._refuse(at, "an alias to an anchor that is not above it")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._refuse(at, "an alias that contains itself")
        self._go_down(at, depth + anchored.height)
        self._aliased += anchored.size
        if self._aliased > MAX_ALIASED:
            self._refuse(at, f"aliases stand for more than {MAX_ALIASED} characters")
        return anchored.data, anchored.under

    def _refuse(self, index: int, reason: str, hint: str | None = None) -> NoReturn:
        raise SettingsError(reason, hint=hint, location=events.place(self._text, index, self._file))


def below(data: Any, part: str | int) -> Any:
    """Return what one step of a path leads to in plain data, ``MISSING`` when that is nothing."""
    if isinstance(data, dict):
        return data.get(part, MISSING)
    if isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
        return data[part]
    return MISSING
