"""The list of credentials: searched, filtered, sorted and paged on the server; all of it stands in the address."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from orqo_vault.vault import Vault
from orqo_vault.web.pages.frame import asked_for, page
from orqo_vault.web.service.history import changed_at
from orqo_vault.web.service.places import setup
from orqo_vault.web.service.rows import PAGE, SORTS, Wanted, filters, find_rows
from orqo_vault.web.site import Visit

COLUMNS = (
    ("name", "Name"),
    ("key", "Key"),
    ("category", "Category"),
    ("type", "Type"),
    ("", "Value"),
    ("backend", "Backend"),
    ("status", "Status"),
    ("used_by", "Used by"),
    ("", "Updated"),
)
STATUSES = ("untested", "ok", "failing", "refused", "unreachable", "not_testable", "expired")


async def show(visit: Visit) -> Response:
    """Show the list, or only its rows where only those are asked for."""
    wanted = wanted_of(visit.request.query_params)

    def gather(vault: Vault) -> dict[str, Any]:
        return {
            "wanted": wanted,
            "found": find_rows(vault, wanted),
            "filters": filters(vault) | {"status": list(STATUSES)},
            "columns": COLUMNS,
            "address": lambda **changes: address_of(replace(wanted, **changes)),
            "updated": changed_at(vault),
        }

    return await page(visit, "rows.html" if asked_for(visit, "rows") else "credentials.html", gather)


async def needs_setup(visit: Visit) -> Response:
    """Show which of the same rows have nothing stored; asks each backend once, after the list is there."""
    wanted = wanted_of(visit.request.query_params)
    return await page(
        visit, "needs_setup.html", lambda vault: {"setup": setup(vault), "rows": find_rows(vault, wanted).rows}
    )


def wanted_of(query: QueryParams) -> Wanted:
    """Return what an address asks for; what nobody can ask for is left out."""
    sort = query.get("sort", "name")
    offset = query.get("offset", "0")
    return Wanted(
        text=query.get("text", ""),
        category=query.get("category", ""),
        type=query.get("type", ""),
        mode=query.get("mode", ""),
        backend=query.get("backend", ""),
        status=query.get("status", ""),
        used=query.get("used", ""),
        sort=sort if sort in SORTS else "name",  # type: ignore[arg-type]  # it is one of them
        descending=query.get("descending") == "true",
        offset=int(offset) // PAGE * PAGE if offset.isascii() and offset.isdecimal() and len(offset) < 8 else 0,
    )


def address_of(wanted: Wanted) -> str:
    """Return the address that asks for it: only what differs from the whole list is named."""
    default = asdict(Wanted())
    said = {name: value for name, value in asdict(wanted).items() if value != default[name]}
    query = urlencode({name: str(value).lower() if value is True else value for name, value in said.items()})
    return f"/credentials?{query}" if query else "/credentials"
