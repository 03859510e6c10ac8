"""The rows of the list: every credential as it may be shown, searched, filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from orqo_vault.credential import Category, Credential, Mode
from orqo_vault.vault import Vault
from orqo_vault.vault.listing import masked, used_by
from orqo_vault.vault.status import Status, results_of, status_of

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
    """Return the rows that are wanted, sorted, one page of them. Reads no secret and asks no backend.

    Of those that are not on the page no more is looked at than it takes to know that.
    """
    shelf = _Shelf(vault)
    found = [each for each in vault.credentials.values() if shelf.fits(each, wanted)]
    found.sort(key=lambda each: (shelf.sorted_by(each, wanted.sort), each.id), reverse=wanted.descending)
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    return Page(tuple(shelf.row(each) for each in shown), len(found), len(vault.credentials))


def row_of(vault: Vault, credential_id: str) -> Row:
    """Return one declared credential's row."""
    return _Shelf(vault).row(vault.credentials[credential_id])


def filters(vault: Vault) -> dict[str, list[str]]:
    """Return what the list can be filtered by: the values that occur."""
    declared = vault.credentials.values()
    return {
        "category": [each.value for each in Category if any(one.category is each for one in declared)],
        "type": _sorted(one.type for one in declared),
        "mode": [each.value for each in Mode if any(one.mode is each for one in declared)],
        "backend": _sorted(one.backend for one in declared if one.backend is not None),
    }


class _Shelf:
    """The credentials of one vault, with what is known of each; a status is looked up when it is asked for."""

    def __init__(self, vault: Vault) -> None:
        self._contracts = vault.settings.contracts
        self._used, self._results, self._now = used_by(vault.settings), results_of(vault), datetime.now(UTC)
        self._statuses: dict[str, Status] = {}

    def row(self, credential: Credential) -> Row:
        status = self._status(credential)
        return Row(
            id=credential.id,
            name=credential.name,
            description=credential.description,
            key=credential.key,
            variables=self._variables(credential),
            category=credential.category.value,
            type=credential.type,
            mode=credential.mode.value,
            value=masked(credential),
            provider=credential.provider,
            backend=credential.backend,
            referenced=credential.referenced,
            enabled=credential.enabled,
            optional=credential.optional,
            expires_at=credential.expires_at.isoformat() if credential.expires_at else None,
            status=status.word,
            status_reason=status.reason,
            tested_at=status.tested_at.isoformat() if status.tested_at else None,
            used_by=self._used.get(credential.id, ()),
        )

    def fits(self, credential: Credential, wanted: Wanted) -> bool:
        exact = {"category": credential.category.value, "type": credential.type, "mode": credential.mode.value}
        exact["backend"] = credential.backend or ""
        if any(getattr(wanted, name) not in ("", said) for name, said in exact.items()):
            return False
        if wanted.used and (wanted.used == "yes") != (credential.id in self._used):
            return False
        if wanted.status and self._status(credential).word != wanted.status:
            return False
        return not wanted.text or self._mentions(credential, wanted.text.casefold())

    def sorted_by(self, credential: Credential, sort: Sort) -> str | int:
        if sort == "used_by":
            return len(self._used.get(credential.id, ()))
        if sort == "status":
            return self._status(credential).word
        return str(getattr(credential, sort) or "").casefold()

    def _mentions(self, credential: Credential, text: str) -> bool:
        said = (credential.id, credential.name, credential.key, credential.provider, credential.description)
        if any(each and text in each.casefold() for each in said):
            return True
        return any(text in name.casefold() for name in self._variables(credential))

    def _variables(self, credential: Credential) -> tuple[str, ...]:
        return tuple(name for bound in self._contracts[credential.id] for name in bound.variables)

    def _status(self, credential: Credential) -> Status:
        if credential.id not in self._statuses:
            self._statuses[credential.id] = status_of(credential, self._results, self._now)
        return self._statuses[credential.id]


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
