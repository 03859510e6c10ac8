"""Puts the site together: the gate, the API, the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from orqo_vault.vault import Vault
from orqo_vault.web.api.routes import api_routes
from orqo_vault.web.auth import Auth
from orqo_vault.web.failures import Refusal, as_response
from orqo_vault.web.gate import Gate
from orqo_vault.web.pages.routes import page_routes
from orqo_vault.web.site import Site


def create_app(
    open_vault: Callable[[], Vault], *, auth: Auth, origins: Sequence[str], read_only: str | None = None
) -> ASGIApp:
    """Return the page and its API as one ASGI app, to be served or mounted.

    ``open_vault`` is called for each request, so that edits by others are seen; what it returns is closed after it.
    ``auth`` says who sends a request. ``origins`` are the addresses under which people reach the site, scheme and
    port included; requests for any other host, or from any other site, are refused. ``read_only`` is the reason why
    nothing may be changed here, None where it may.
    """
    site = Site(open_vault, auth, origins, read_only)
    return Starlette(
        routes=[*api_routes(site), *page_routes(site)],
        middleware=[Middleware(Gate, origins=site.origins)],
        exception_handlers={HTTPException: _routing},
    )


async def _routing(request: Request, error: Exception) -> Response:
    """Answer what found no route, or not with that method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, message = ("method", "that is not done here") if status == 405 else ("no_such_path", "there is nothing here")
    return as_response(Refusal(status, code, message))
