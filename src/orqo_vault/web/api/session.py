"""Who is logged in."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from orqo_vault.web.service.editing import read_only_reason
from orqo_vault.web.site import Visit


async def show(visit: Visit) -> Response:
    """Say who asks and what they may do."""
    identity, reason = visit.identity, visit.site.read_only or await visit.work(read_only_reason)
    return JSONResponse({"name": identity.name, "role": identity.role.word, "read_only": reason})
