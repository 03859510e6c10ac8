"""What an edit means, on plain data: the file that was written is read back and compared with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from orqo_vault.errors import SettingsError


class _Null(Enum):
    NULL = "null"


NULL: Final = _Null.NULL
"""In a change, where None removes a key: writes ``null``, which under ``env`` means that a field is not injected."""


def plain(value: object) -> Any:
    """Return ``value`` as what a settings file can hold: texts, numbers, truth values, None, lists and mappings."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise SettingsError("half a character cannot stand in the settings file", hint="it is no Unicode text")
        return str(value)  # an enumeration's member is a text as well
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise SettingsError(f"a {type(value).__name__} cannot stand in the settings file")


def leaves(changes: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value to be set with the keys that lead to it; an empty mapping sets nothing."""
    for name, value in changes.items():
        if isinstance(value, Mapping):
            for path, leaf in leaves(value):
                yield (name, *path), leaf
        else:
            yield (name,), value


def with_key(data: Any, path: Sequence[str], value: Any) -> dict[str, Any]:
    """Return ``data`` with ``value`` at ``path``; what is in the way and no mapping is replaced by one."""
    kept = dict(data) if isinstance(data, dict) else {}
    kept[path[0]] = with_key(kept.get(path[0]), path[1:], value) if len(path) > 1 else value
    return kept


def without_key(data: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Return ``data`` without the key at ``path``, which must be there."""
    kept = dict(data)
    if len(path) > 1:
        kept[path[0]] = without_key(kept[path[0]], path[1:])
    else:
        del kept[path[0]]
    return kept
