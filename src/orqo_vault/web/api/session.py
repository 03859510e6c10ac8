"""Who is logged in."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from orqo_vault.web.site import Visit


async def show(visit: Visit) -> Response:
    """Say who asks and what they may do."""
    identity = visit.identity
    return JSONResponse({"name": identity.name, "role": identity.role.word, "read_only": visit.site.read_only})
