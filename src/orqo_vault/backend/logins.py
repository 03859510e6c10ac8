"""Which variables of an environment a backend's options name: a setting called ``…_env`` holds the name of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

NAMES_A_VARIABLE = "_env"
_A_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def named_variables(options: Mapping[str, Any]) -> frozenset[str]:
    """Return the variables that the options name, at any depth. Needs no plugin: it is a rule for all of them."""
    return frozenset(_named(options))


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if str(key).endswith(NAMES_A_VARIABLE) and isinstance(each, str) and _A_VARIABLE.fullmatch(each):
                yield each
            else:
                yield from _named(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _named(each)
