"""Every path of the API, and the role it needs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from orqo_vault.web.api import session
from orqo_vault.web.auth import Role
from orqo_vault.web.failures import Refusal, as_response
from orqo_vault.web.site import Handler, Site, endpoint

PREFIX = "/api/v1"


def api_routes(site: Site) -> list[BaseRoute]:
    """Return the API, mounted; what is not there answers as JSON too."""

    def route(method: str, path: str, role: Role, handler: Handler) -> Route:
        return Route(path, endpoint(site, role, handler), methods=[method])

    routes: list[BaseRoute] = [
        *site.auth.routes(),
        route("GET", "/session", Role.VIEWER, session.show),
        Route("/{path:path}", _nothing_here),
    ]
    return [Mount(PREFIX, routes=routes)]


async def _nothing_here(request: Request) -> Response:
    return as_response(Refusal(404, "no_such_path", "there is nothing here"))
