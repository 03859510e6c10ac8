"""JSON with numbers kept as they were written, and the rules by which a value becomes the text of a field.

Text stays as it is; a number is its digits as stored (``1.10`` does not become ``1.1``); true and false are those
words; a list or an object is its JSON without spaces; null is no value: the field is absent.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


class Number(str):
    """A JSON number, verbatim."""

    __slots__ = ()


def _refuse(constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_refuse)


def parse(body: bytes) -> Any:
    """Return the value, or raise ValueError that holds nothing of the body (json's own error holds all of it)."""
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        pass
    raise ValueError("not JSON")


def text_of(value: Any) -> str | None:
    """Return the text a field gets for this value; None for null."""
    if value is None:
        return None
    return str(value) if isinstance(value, str) else dump(value)


def dump(value: Any) -> str:
    """Return the value as JSON without spaces, numbers verbatim. The inverse of :func:`parse`."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{dump(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(dump(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
