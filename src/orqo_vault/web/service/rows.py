"""The rows of the list: every credential as it may be shown, searched, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from orqo_vault.credential import Category, Mode
from orqo_vault.vault import Vault
from orqo_vault.vault.listing import Listed, listed

SORTS = ("name", "key", "category", "type", "backend", "status", "used_by", "id")
Sort = Literal["name", "key", "category", "type", "backend", "status", "used_by", "id"]
PAGE = 50
MOST = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One credential in the list. No secret was read for it."""

    id: str
    name: str
    description: str | None
    key: str
    variables: tuple[str, ...]
    """All that a run gets, the key among them or not."""
    category: str
    type: str
    mode: str
    value: str
    """A fixed mask, or ``Platform key``."""
    provider: str | None
    backend: str | None
    referenced: bool
    """Its secret was there before this project."""
    enabled: bool
    optional: bool
    expires_at: str | None
    status: str
    """untested, ok, failing, refused, unreachable, not_testable, expired; empty for a platform key."""
    status_reason: str
    tested_at: str | None
    used_by: tuple[str, ...]
    """LLM configs and runs, as ``llm default`` and ``run nightly``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the list. Empty texts ask for nothing."""

    text: str = ""
    category: str = ""
    type: str = ""
    mode: str = ""
    backend: str = ""
    status: str = ""
    used: str = ""
    """``no``: only what nobody uses; ``yes``: only what somebody does."""
    sort: Sort = "name"
    descending: bool = False
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the rows that were found; ``total`` counts all of those, ``declared`` all there are."""

    rows: tuple[Row, ...]
    total: int
    declared: int


def find_rows(vault: Vault, wanted: Wanted) -> Page:
    """Return the rows that are wanted, sorted, one page of them."""
    everything = rows(vault)
    found = [row for row in everything if _fits(row, wanted)]
    found.sort(key=_order(wanted.sort), reverse=wanted.descending)
    return Page(tuple(found[wanted.offset : wanted.offset + wanted.limit]), len(found), len(everything))


def rows(vault: Vault) -> list[Row]:
    """Return every credential in the order of the file. Reads no secret and asks no backend."""
    return [_row(vault, each) for each in listed(vault)]


def row_of(vault: Vault, credential_id: str) -> Row:
    """Return one declared credential's row."""
    return next(_row(vault, each) for each in listed(vault) if each.credential.id == credential_id)


def filters(vault: Vault) -> dict[str, list[str]]:
    """Return what the list can be filtered by: the values that occur."""
    declared = vault.credentials.values()
    return {
        "category": [each.value for each in Category if any(one.category is each for one in declared)],
        "type": _sorted(one.type for one in declared),
        "mode": [each.value for each in Mode if any(one.mode is each for one in declared)],
        "backend": _sorted(one.backend for one in declared if one.backend is not None),
    }


def _row(vault: Vault, each: Listed) -> Row:
    credential, status = each.credential, each.status
    return Row(
        id=credential.id,
        name=credential.name,
        description=credential.description,
        key=credential.key,
        variables=tuple(name for bound in vault.settings.contracts[credential.id] for name in bound.variables),
        category=credential.category.value,
        type=credential.type,
        mode=credential.mode.value,
        value=each.value,
        provider=credential.provider,
        backend=credential.backend,
        referenced=credential.referenced,
        enabled=credential.enabled,
        optional=credential.optional,
        expires_at=credential.expires_at.isoformat() if credential.expires_at else None,
        status=status.word,
        status_reason=status.reason,
        tested_at=status.tested_at.isoformat() if status.tested_at else None,
        used_by=each.used_by,
    )


def _fits(row: Row, wanted: Wanted) -> bool:
    exact = ("category", "type", "mode", "backend", "status")
    if any(getattr(wanted, name) not in ("", getattr(row, name)) for name in exact):
        return False
    if wanted.used and (wanted.used == "yes") != bool(row.used_by):
        return False
    text = wanted.text.casefold()
    searched = (row.id, row.name, row.key, row.provider or "", row.description or "", *row.variables)
    return not text or any(text in each.casefold() for each in searched)


def _order(sort: Sort) -> Callable[[Row], tuple[Any, str]]:
    if sort == "used_by":
        return lambda row: (len(row.used_by), row.id)
    return lambda row: (str(getattr(row, sort) or "").casefold(), row.id)


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
