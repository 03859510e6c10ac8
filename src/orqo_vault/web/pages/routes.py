"""Every page: the fragments under ``/pages``, the vendored files under ``/static``, and the shell for the rest."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from orqo_vault.web.auth import Role
from orqo_vault.web.failures import Refusal
from orqo_vault.web.pages import creating, deleting, listing, llm, one, others
from orqo_vault.web.pages.frame import HERE, as_page, root_of, templates
from orqo_vault.web.site import Handler, Site, endpoint


def page_routes(site: Site) -> list[BaseRoute]:
    """Return the pages; the shell answers every address that is none of the others."""

    def route(method: str, path: str, role: Role, handler: Handler) -> Route:
        return Route(path, endpoint(site, role, handler, failing=as_page), methods=[method])

    fragments: list[BaseRoute] = [
        route("GET", "/credentials", Role.VIEWER, listing.show),
        route("GET", "/needs-setup", Role.VIEWER, listing.needs_setup),
        route("GET", "/credentials/{id}", Role.VIEWER, one.show),
        route("PATCH", "/credentials/{id}", Role.EDITOR, one.save),
        route("GET", "/credentials/{id}/stored", Role.VIEWER, one.stored),
        route("GET", "/credentials/{id}/uses", Role.VIEWER, one.uses),
        route("GET", "/credentials/{id}/audit", Role.VIEWER, one.recorded),
        route("POST", "/credentials/{id}/test", Role.EDITOR, one.test),
        route("POST", "/credentials/{id}/preview", Role.VIEWER, one.preview),
        route("POST", "/credentials/{id}/enabled", Role.EDITOR, one.switch),
        route("GET", "/credentials/{id}/delete", Role.ADMIN, deleting.ask),
        route("POST", "/credentials/{id}/delete", Role.ADMIN, deleting.do),
        route("GET", "/new", Role.EDITOR, creating.choose),
        route("POST", "/new", Role.EDITOR, creating.save),
        route("GET", "/new-fields", Role.EDITOR, creating.custom_fields),
        route("POST", "/new-preview", Role.VIEWER, creating.preview),
        route("GET", "/new/{category}", Role.EDITOR, creating.choose),
        route("GET", "/new/{category}/{type}", Role.EDITOR, creating.fill_in),
        route("GET", "/llm", Role.VIEWER, llm.show),
        route("POST", "/llm", Role.EDITOR, llm.save),
        route("GET", "/llm-new", Role.EDITOR, llm.form),
        route("GET", "/llm-picker", Role.VIEWER, llm.picker),
        route("GET", "/llm/{name}", Role.VIEWER, llm.form),
        route("PATCH", "/llm/{name}", Role.EDITOR, llm.save),
        route("POST", "/llm/{name}/delete", Role.ADMIN, llm.remove),
        route("GET", "/backends", Role.VIEWER, others.backends),
        route("GET", "/backends/{name}/health", Role.VIEWER, others.health),
        route("GET", "/credits", Role.VIEWER, others.credits),
        route("GET", "/audit", Role.VIEWER, others.audit),
    ]
    fragments.append(Route("/{path:path}", _nothing_here))
    return [
        Mount("/pages", routes=fragments),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        Route("/{path:path}", _shell, methods=["GET"]),
    ]


async def _nothing_here(request: Request) -> Response:
    return as_page(Refusal(404, "no_such_page", "there is no such page", hint="the list is at /credentials"))


async def _shell(request: Request) -> Response:
    return templates.TemplateResponse(request, "shell.html", {"root": root_of(request)})
