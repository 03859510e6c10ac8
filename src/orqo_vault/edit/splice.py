"""Puts one key into a YAML text or takes one out. Whatever is not that key keeps its bytes.

A path names a key from the root: ``("credentials", "mail", "env")``. Mappings down to an entry of a section are
written with a line for each key, deeper ones in brackets, and what is in brackets already stays in brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orqo_vault.edit import brackets, lines
from orqo_vault.edit.render import block, inline
from orqo_vault.edit.spans import BLOCK_SCALAR, Node, Pair, root_of
from orqo_vault.errors import SettingsError

LEVELS = 2
"""How many mappings lead to an entry: the root and its section."""


def put(text: str, path: Sequence[str], value: Any) -> str:
    """Return ``text`` with ``value`` at ``path``, replacing what stood there; missing mappings are made."""
    root = root_of(text)
    node, depth = _way_to(root, path)
    for name in reversed(path[depth + 1 :]):
        value = {name: value}
    pair = node.find(path[depth])
    if node.style == "[":
        if pair:
            return _replaced(text, pair, value, in_brackets=True)
        return brackets.added(text, node, f"{inline(path[depth])}: {inline(value)}")
    levels = 0 if depth == 1 and _last_is_in_brackets(node) else max(0, LEVELS - depth)
    if pair and not (levels and isinstance(value, dict) and value):
        return _replaced(text, pair, value, in_brackets=False)
    column = lines.column_of_keys(text, node)
    new = block(path[depth], value, column=column, step=lines.step_of(text, root), levels=levels)
    if pair:
        before, rest = _around_value(text, pair)
        return lines.inserted(before + rest, lines.after(before + rest, len(before)), new[1:])
    return lines.added(text, node, new, at_root=depth == 0)


def drop(text: str, path: Sequence[str]) -> str:
    """Return ``text`` without the key at ``path``, which must be there. A mapping that loses its last key is ``{}``."""
    root = root_of(text)
    node, depth = _way_to(root, path)
    pair = _pair(node, path[-1])
    if node.style == "[":
        return brackets.dropped(text, node, pair)
    without = lines.dropped(text, pair)
    if len(node.pairs) > 1 or depth == 0:
        return without
    above, _ = _way_to(root, path[:-1])
    colon = lines.after_colon(text, _pair(above, path[-2]))
    return f"{without[:colon]} {{}}{without[colon:]}"


def _way_to(root: Node, path: Sequence[str]) -> tuple[Node, int]:
    """Return the last mapping with keys on the way to ``path``, and how many keys lead to it."""
    node = root
    for depth, name in enumerate(path[:-1]):
        pair = node.find(name)
        if pair is not None and pair.value.kind == "alias":
            place = ".".join(path[: depth + 1])
            raise SettingsError(f"{place} is an alias (*…) and cannot be edited alone", hint="write it out first")
        if pair is None or not pair.value.pairs:
            return node, depth
        node = pair.value
    return node, len(path) - 1


def _pair(node: Node, name: str) -> Pair:
    found = node.find(name)
    if found is None:
        raise KeyError(name)
    return found


def _last_is_in_brackets(section: Node) -> bool:
    return bool(section.pairs) and section.pairs[-1].value.style == "["


def _replaced(text: str, pair: Pair, value: Any, *, in_brackets: bool) -> str:
    before, rest = _around_value(text, pair)
    space = text[len(before) : pair.value.start]
    if not space or space.strip(" "):
        space = " "
    new = inline(value, in_brackets=in_brackets, quote=pair.value.style)
    return before + space + new + rest


def _around_value(text: str, pair: Pair) -> tuple[str, str]:
    """Return the text up to the pair's colon, and the text from where its value ends.

    When the value stands on lines of its own, what follows the colon (a comment) is part of the rest.
    """
    colon, old = lines.after_colon(text, pair), pair.value
    first = lines.after(text, colon)
    if old.start >= first:
        return text[:colon], text[colon:first] + text[lines.after(text, old.end) :]
    end = old.end
    if old.style in BLOCK_SCALAR:
        end = old.start + len(text[old.start : old.end].rstrip("\r\n"))
    return text[:colon], text[end:]
