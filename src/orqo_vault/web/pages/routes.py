"""Every page: the fragments under ``/pages``, the vendored files under ``/static``, and the shell for the rest."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from orqo_vault.web.auth import Role
from orqo_vault.web.failures import Refusal
from orqo_vault.web.pages import listing
from orqo_vault.web.pages.frame import HERE, as_page, templates
from orqo_vault.web.site import Handler, Site, endpoint


def page_routes(site: Site) -> list[BaseRoute]:
    """Return the pages; the shell answers every address that is none of the others."""

    def route(method: str, path: str, role: Role, handler: Handler) -> Route:
        return Route(path, endpoint(site, role, handler, failing=as_page), methods=[method])

    fragments: list[BaseRoute] = [
        route("GET", "/credentials", Role.VIEWER, listing.show),
        Route("/{path:path}", _nothing_here),
    ]
    return [
        Mount("/pages", routes=fragments),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        Route("/{path:path}", _shell, methods=["GET"]),
    ]


async def _nothing_here(request: Request) -> Response:
    return as_page(Refusal(404, "no_such_page", "there is no such page", hint="the list is at /credentials"))


async def _shell(request: Request) -> Response:
    return templates.TemplateResponse(request, "shell.html", {"root": request.scope.get("root_path", "")})
