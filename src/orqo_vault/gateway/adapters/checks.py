"""Checks of the fields of a body: each returns the value, or raises ValueError with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

Check = Callable[[Any], Any]

_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)


def anything(value: Any) -> Any:
    """A setting of the model's, which reaches no other place."""
    return value


def model(value: Any) -> str:
    if not isinstance(value, str) or not _MODEL.fullmatch(value):
        raise ValueError("must be the name of a model")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def count(value: Any) -> int | None:
    """A whole number from 1, or null for none said."""
    if value is not None and (type(value) is not int or value < 1):
        raise ValueError("must be a whole number from 1")
    return value


def only(keys: Collection[str], what: str) -> Check:
    """Return a check for an object that has no other keys than these."""

    def check(value: Any) -> Any:
        if not isinstance(value, dict) or not value.keys() <= set(keys):
            raise ValueError(what)
        return value

    return check


def typed(found: Any, types: Collection[str], where: str) -> dict[str, Any]:
    """Return an object whose ``type`` is one of those that only the caller itself acts on."""
    if not isinstance(found, dict) or found.get("type") not in types:
        raise ValueError(f"{where} may only be of type {', '.join(sorted(types))}")
    return found


def listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list")
    return value
