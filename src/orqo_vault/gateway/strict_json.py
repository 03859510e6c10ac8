"""JSON with one meaning only: what two parsers could read in two ways is refused, not interpreted."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from orqo_vault.gateway.refusals import RefusedError


def parsed_object(body: bytes, *, depth: int) -> dict[str, Any]:
    """Return the one object that ``body`` is.

    Refused: other encodings than UTF-8, duplicate keys, NaN and infinities, numbers too large for a float, nesting
    deeper than ``depth``, anything but an object.
    """
    try:
        found = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_number, parse_float=_finite
        )
    except RecursionError:
        raise _refused("nested too deeply") from None
    except ValueError:  # UnicodeDecodeError and JSONDecodeError are
        raise _refused("not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise _refused("no JSON object")
    _check_depth(found, depth)
    return found


def serialized(found: Any) -> bytes:
    """Return our own serialization, which is what is forwarded."""
    return json.dumps(found, separators=(",", ":"), allow_nan=False).encode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _refused("an object in it has one key twice")
    return made


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _refuse_number(_: str) -> NoReturn:
    raise _refused("a number in it is not finite")


def _check_depth(found: dict[str, Any], depth: int) -> None:
    level: list[Any] = [found]
    for _ in range(depth):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise _refused("nested too deeply")


def _refused(what: str) -> RefusedError:
    return RefusedError(400, "invalid_body", f"the body is refused: {what}")
