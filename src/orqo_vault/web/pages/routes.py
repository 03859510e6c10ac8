"""Every page: the fragments under ``/pages``, the vendored files under ``/static``, and the shell for the rest."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from orqo_vault.web.site import Site

HERE = Path(__file__).parent.parent
templates = Jinja2Templates(directory=HERE / "templates")


def page_routes(site: Site) -> list[BaseRoute]:
    """Return the pages; the shell answers every address that is none of the others."""
    return [
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        Route("/{path:path}", _shell, methods=["GET"]),
    ]


async def _shell(request: Request) -> Response:
    return templates.TemplateResponse(request, "shell.html", {"root": request.scope.get("root_path", "")})
