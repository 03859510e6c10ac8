"""Keys of a mapping in brackets, ``{a: 1, b: 2}``: one more, one less, everything else as it was."""

from __future__ import annotations

import re

from orqo_vault.edit.spans import Node, Pair

_COMMA = re.compile(r"\s*,[ \t]*")
_NOTHING_BUT_A_COMMA = re.compile(r"\s*,\s*")


def added(text: str, mapping: Node, pair: str) -> str:
    """Return the text with ``pair`` as the mapping's last."""
    if mapping.pairs:
        end = mapping.pairs[-1].value.end
        return f"{text[:end]}, {pair}{text[end:]}"
    inside = text.index("{", mapping.start) + 1  # an anchor may stand before it
    return text[:inside] + pair + text[inside:]


def dropped(text: str, mapping: Node, pair: Pair) -> str:
    """Return the text without that pair of the mapping; comments between the pairs stay."""
    start, end = pair.key.start, pair.value.end
    comma = _COMMA.match(text, end)
    if comma:
        return text[:start] + text[comma.end() :]
    place = mapping.pairs.index(pair)
    if place:
        before = mapping.pairs[place - 1].value.end
        if _NOTHING_BUT_A_COMMA.fullmatch(text, before, start):
            start = before
    return text[:start] + text[end:]
