"""The pages that only show: backends and their health, credits, the audit log."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from orqo_vault.vault import Vault
from orqo_vault.web.pages.frame import page
from orqo_vault.web.service.account import account_of
from orqo_vault.web.service.history import history
from orqo_vault.web.service.places import check_place, places
from orqo_vault.web.site import Visit


async def backends(visit: Visit) -> Response:
    """Show the backends and what each keeps; asks none of them."""

    def gather(vault: Vault) -> dict[str, Any]:
        return {"places": places(vault), "names": {each.id: each.name for each in vault.credentials.values()}}

    return await page(visit, "backends.html", gather)


async def health(visit: Visit) -> Response:
    """Ask one backend how it is."""
    name = visit.request.path_params["name"]
    return await page(visit, "health.html", lambda vault: {"checked": check_place(vault, name)})


async def credits(visit: Visit) -> Response:
    """Show the organization's credits."""
    before = visit.request.query_params.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    return await page(visit, "credits.html", lambda vault: {"account": account_of(vault, before=number)})


async def audit(visit: Visit) -> Response:
    """Show what was recorded last."""
    return await page(visit, "audit.html", lambda vault: {"history": history(vault)})
