"""Finds what the settings declare by name, and says what was probably meant when it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from orqo_vault.errors import UnknownCredentialError

T = TypeVar("T")

SHOWN = 20


def lookup(known: Mapping[str, T], name: str, what: str) -> T:
    """Return ``known[name]``; raise :class:`~orqo_vault.errors.UnknownCredentialError` with the nearest name."""
    try:
        return known[name]
    except KeyError:
        pass
    import difflib  # only a typo pays for it

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else names(known, what)
    raise UnknownCredentialError(f"{what} {name!r} is not declared", hint=hint)


def names(known: Mapping[str, object], what: str) -> str:
    """Say which names there are, cut short where there are many."""
    if not known:
        return f"no {what} is declared"
    shown = list(known)[:SHOWN]
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"declared: {', '.join(shown)}{more}"
