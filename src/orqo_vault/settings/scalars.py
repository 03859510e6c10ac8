"""What a plain scalar means: the core schema of YAML 1.2, and nothing else (no ``yes``, no dates, no octal ``012``)."""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Nothing but a word above or a number starts with one of these; most scalars of a settings file start otherwise.
_MAY_BE_MORE = frozenset("0123456789+-.~nNtTfF")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0(o)[0-7]+\Z|0(x)[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")

# Python turns digits into a number in quadratic time and refuses beyond 4,300 of them; no setting has that many.
MAX_NUMBER = 64


def plain_value(text: str) -> Scalar:
    """Return the value of a plain scalar.

    Raises ``ValueError`` with a reason that does not quote it.
    """
    if text and text[0] not in _MAY_BE_MORE:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text)


def _number(text: str) -> Scalar:
    if _INTEGER.match(text) or _BASED.match(text):
        if len(text) > MAX_NUMBER:
            raise ValueError(f"a number of more than {MAX_NUMBER} digits; quote it if it is text")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.match(text):
        value = float(text) if len(text) <= MAX_NUMBER else math.inf
        if math.isinf(value):
            raise ValueError("a number that is too large; quote it if it is text")
        return value
    if _NOT_FINITE.match(text):
        raise ValueError("not a finite number; quote it if it is text")
    return text
