"""Keys that stand on lines of their own: where a line begins and ends, lines put in, lines taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orqo_vault.edit.spans import Node, Pair
from orqo_vault.errors import SettingsError

DEFAULT_STEP = 2
_BEFORE_COLON = re.compile(r"[ \t]*:")
_ONLY_COMMENTS = re.compile(r"(?:\s++|#[^\n]*+)*+")  # possessive: a comment full of # takes no time


def newline_of(text: str) -> str:
    """Return the line break the text uses; the first one decides."""
    return "\r\n" if text[: text.find("\n") + 1].endswith("\r\n") else "\n"


def after(text: str, index: int) -> int:
    """Return where the line after the one that ends at or holds ``index`` begins."""
    if index and text[index - 1] == "\n":
        return index
    return text.find("\n", index) + 1 or len(text)


def after_colon(text: str, pair: Pair) -> int:
    """Return the place right after the pair's colon."""
    found = _BEFORE_COLON.match(text, pair.key.end)
    if not found:
        raise SettingsError(f"{pair.name} is written in a form that cannot be edited in place")
    return found.end()


def column_of_keys(text: str, mapping: Node) -> int:
    """Return the column in which the keys of a block mapping stand."""
    return _column(text, mapping.pairs[0].key.start) if mapping.pairs else 0


def step_of(text: str, root: Node) -> int:
    """Return how many columns this file indents by."""
    for pair in root.pairs:
        if pair.value.pairs and not pair.value.style:
            return column_of_keys(text, pair.value) - _column(text, pair.key.start)
    return DEFAULT_STEP


def inserted(text: str, at: int, new: Sequence[str]) -> str:
    """Return the text with lines put in where a line begins."""
    newline = newline_of(text)
    unfinished = newline if at and text[at - 1] != "\n" else ""
    return text[:at] + unfinished + "".join(line + newline for line in new) + text[at:]


def added(text: str, mapping: Node, new: Sequence[str], *, at_root: bool) -> str:
    """Return the text with the lines of one more key at the end of a block mapping.

    A new section goes to the end of the file, after the comments that close the one before it.
    """
    at = after(text, mapping.end)
    if at_root and _ONLY_COMMENTS.fullmatch(text, at):
        at = len(text)
    if at and (at_root or _is_spaced(text, mapping)) and text[:at].strip():
        new = ["", *new] if not _ends_blank(text[:at]) else new
    return inserted(text, at, new)


def dropped(text: str, pair: Pair) -> str:
    """Return the text without the lines of a pair. Comments above it stay.

    Of the two blank lines that set it apart one goes with it: entries that come and go leave no gap behind.
    """
    start = pair.key.start - _column(text, pair.key.start)
    if text[start : pair.key.start].strip(" "):
        raise SettingsError(f"{pair.name} is written in a form that cannot be edited in place")
    before, rest = text[:start], text[after(text, pair.value.end) :]
    if (not rest or rest.startswith(("\n", "\r\n"))) and _ends_blank(before):
        before = before[: before.rfind("\n", 0, -1) + 1]
    return before + rest


def _ends_blank(text: str) -> bool:
    return text.endswith(("\n\n", "\n\r\n"))


def _column(text: str, index: int) -> int:
    return index - text.rfind("\n", 0, index) - 1


def _is_spaced(text: str, mapping: Node) -> bool:
    """Tell whether the entries of this mapping have blank lines between them."""
    if len(mapping.pairs) < 2:  # two make a habit
        return False
    between = text[mapping.pairs[-2].value.end : mapping.pairs[-1].key.start]
    return any(not line.strip() for line in between.split("\n")[1:-1])
