"""Where each piece of a YAML text begins and ends, so that one piece can be changed and the rest left alone.

The events come from the parser that reads the settings: what it takes for an entry is what is edited.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from orqo_vault.settings import events

Kind = Literal["scalar", "alias", "sequence", "mapping"]

BLOCK_SCALAR = ("|", ">")
_KEEPS_BLANK_LINES = re.compile(r"[|>]\d?\+")


@dataclass(frozen=True, slots=True)
class Node:
    """One value: the text from ``start`` to ``end``, without the blank lines and comments that follow it."""

    kind: Kind
    start: int
    end: int
    style: str = ""
    """Of a scalar its quote or block sign, of a collection ``[`` in brackets; else empty."""
    text: str = ""
    """What a scalar says."""
    pairs: tuple[Pair, ...] = ()
    """The keys of a mapping."""

    def find(self, name: str) -> Pair | None:
        """Return the pair of that key, None when this is no mapping or has no such key."""
        return next((pair for pair in self.pairs if pair.name == name), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """One key with its value."""

    name: str
    key: Node
    value: Node


def root_of(text: str) -> Node:
    """Return the document's root; a text without one has an empty scalar at its end.

    The text must be one the settings reader accepts: one mapping, texts for keys, bounded depth.
    """
    next_event = events.parser(text).get_event
    next_event()  # the start of the stream
    if isinstance(next_event(), StreamEndEvent):
        return Node("scalar", len(text), len(text))
    return _node(next_event(), next_event, text)


def _node(event: Any, next_event: Callable[[], Any], text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, AliasEvent):
        return Node("alias", start, end)
    if isinstance(event, ScalarEvent):
        if event.style in BLOCK_SCALAR and not _KEEPS_BLANK_LINES.match(text, start):
            end = start + len(text[start:end].rstrip())  # the blank lines below it are not its content
        return Node("scalar", start, end, event.style or "", event.value)
    children, closed = _children(next_event, text)
    # A block ends with what is in it; the parser says so only where the next token begins.
    end = closed if event.flow_style else children[-1].end
    style = "[" if event.flow_style else ""
    if not isinstance(event, MappingStartEvent):
        return Node("sequence", start, end, style)
    pairs = zip(children[::2], children[1::2], strict=True)
    return Node("mapping", start, end, style, pairs=tuple(Pair(key.text, key, value) for key, value in pairs))


def _children(next_event: Callable[[], Any], text: str) -> tuple[list[Node], int]:
    """Return what is in a collection, keys and values alike, and where its closing bracket ends."""
    children: list[Node] = []
    while type(event := next_event()) not in (MappingEndEvent, SequenceEndEvent):
        children.append(_node(event, next_event, text))
    end: int = event.end_mark.index
    return children, end
