"""Mounts every operation of the API, its document, and logging in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from orqo_vault.web.api.document import document
from orqo_vault.web.api.operations import OPERATIONS
from orqo_vault.web.api.prefix import PREFIX
from orqo_vault.web.failures import Refusal, as_response
from orqo_vault.web.site import Endpoint, Site, endpoint


def api_routes(site: Site) -> list[BaseRoute]:
    """Return the API, mounted; what is not there answers as JSON too."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method] = endpoint(site, each.role, each.handler)
    routes: list[BaseRoute] = [
        *site.auth.routes(),
        Route("/openapi.json", _document, methods=["GET"]),
        *(Route(path, _by_method(handlers), methods=list(handlers)) for path, handlers in paths.items()),
    ]
    return [Mount(PREFIX, Router(routes, redirect_slashes=False, default=_nothing_here))]


def _by_method(handlers: dict[str, Endpoint]) -> Endpoint:
    async def answer(request: Request) -> Response:
        # Starlette adds HEAD to what answers GET.
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return answer


async def _document(request: Request) -> Response:
    return JSONResponse({**document(), "servers": [{"url": request.scope["app_root_path"] + PREFIX}]})


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    await as_response(Refusal(404, "no_such_path", "there is nothing here"))(scope, receive, send)
