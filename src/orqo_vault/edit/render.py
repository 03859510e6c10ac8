"""Writes plain data as YAML text that every reader understands alike: core scalars, quotes where in doubt."""

from __future__ import annotations

import re
import sys
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

# ruamel decides for these whether they need quotes (`null`, `1e3`, `a #b`). Everything else is quoted outright: it
# would leave `? a` and `a:?` plain inside brackets, where libyaml takes the sign for one of its own.
_WORD = r"[^:?\x00-\x1f\x7f-\x9f\u2028\u2029]*"
_PERHAPS_PLAIN = re.compile(rf"(?=[A-Za-z_./~]){_WORD}(?::(?=[A-Za-z0-9/]){_WORD})*")
_BOOLEAN_ELSEWHERE = frozenset({"yes", "no", "on", "off", "y", "n"})  # YAML 1.1 readers take these for a truth value
_QUOTED = {"'": SingleQuotedScalarString, '"': DoubleQuotedScalarString}


def inline(value: Any, *, in_brackets: bool = True, quote: str = "") -> str:
    """Return ``value`` on one line; mappings and lists in brackets.

    ``quote`` is the quote sign of the text it replaces; it is kept where the new value is a text too.
    """
    if value is None:
        return "null"  # the emitter would say it with nothing at all
    styled = _styled(value)
    if quote in _QUOTED and isinstance(value, str) and value.isprintable():
        styled = _QUOTED[quote](value)
    holder = CommentedMap({"k": styled})
    if in_brackets or isinstance(value, dict | list):
        holder.fa.set_flow_style()
        return _emitted(holder)[len("{k: ") : -len("}\n")]
    return _emitted(holder)[len("k: ") : -len("\n")]


def block(key: str, value: Any, *, column: int, step: int, levels: int) -> list[str]:
    """Return the lines of ``key: value``; the outer ``levels`` mappings have a line for each key."""
    head = f"{' ' * column}{inline(key)}:"
    if not (levels and isinstance(value, dict) and value):
        return [f"{head} {inline(value, in_brackets=False)}"]
    lines = [head]
    for name, part in value.items():
        lines += block(name, part, column=column + step, step=step, levels=levels - 1)
    return lines


def _emitted(holder: CommentedMap) -> str:
    yaml = YAML()  # the round-trip emitter: YAML 1.2
    yaml.width = sys.maxsize  # what is one line stays one line
    out = StringIO()
    yaml.dump(holder, out)
    return out.getvalue()


def _styled(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = CommentedMap((_styled(name), _styled(part)) for name, part in value.items())
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(_styled(part) for part in value)
        sequence.fa.set_flow_style()
        return sequence
    if not isinstance(value, str) or (_PERHAPS_PLAIN.fullmatch(value) and value.lower() not in _BOOLEAN_ELSEWHERE):
        return value
    return (SingleQuotedScalarString if value.isprintable() else DoubleQuotedScalarString)(value)
