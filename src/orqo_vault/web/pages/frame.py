"""What every page has around it, and how answers to a form are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.templating import Jinja2Templates

from orqo_vault.secret import MASK
from orqo_vault.vault import Vault
from orqo_vault.web.auth import Role
from orqo_vault.web.failures import Refusal
from orqo_vault.web.pages.words import WORDS, label_of, status_word, when
from orqo_vault.web.service.editing import read_only_reason
from orqo_vault.web.site import Visit

HERE = Path(__file__).parent.parent
templates = Jinja2Templates(directory=HERE / "templates")
templates.env.globals.update(MASK=MASK, WORDS=WORDS)
templates.env.filters.update(label=label_of, when=when, status_word=status_word)
templates.env.trim_blocks = templates.env.lstrip_blocks = True

Gather = Callable[[Vault], Mapping[str, Any]]
"""Asks a vault for what a template shows; done in a thread."""


async def page(visit: Visit, template: str, gather: Gather) -> Response:
    """Return a page, or a part of one, with what ``gather`` finds; ``template`` says which it is."""

    def found(vault: Vault) -> dict[str, Any]:
        return {**_frame(visit, vault), **gather(vault)}

    context = await visit.work(found)
    return templates.TemplateResponse(visit.request, template, context)


def root_of(request: Request) -> str:
    """Return what stands before every address of the site: nothing, unless an engine has mounted it somewhere."""
    return str(request.scope["app_root_path"])


def asked_for(visit: Visit, part: str) -> bool:
    """Tell whether the page's script puts the answer into the element with this id."""
    return visit.request.headers.get("hx-target", "").endswith(f"#{part}")


def done(said: str, go: str) -> Response:
    """Answer a form: it was done; say so, and show that address."""
    return Response(status_code=204, headers={"Orqo-Said": quote(said), "Orqo-Go": go})


def as_page(refusal: Refusal) -> Response:
    """Return a refusal as HTML: a page's script puts it where the answer would have been."""
    html = templates.get_template("problem.html").render(refusal=refusal)
    wait = {"Retry-After": str(round(refusal.retry_after))} if refusal.retry_after else {}
    return HTMLResponse(html, refusal.status, wait)


def _frame(visit: Visit, vault: Vault) -> dict[str, Any]:
    settings, operator = vault.settings, vault.surroundings.operator
    read_only = visit.site.read_only or read_only_reason(vault)
    return {
        "root": root_of(visit.request),
        "who": visit.identity,
        "organization": settings.organization,
        "profile": settings.profile,
        "file": settings.files[-1].name if settings.files else "",
        "read_only": read_only,
        "may_edit": not read_only and visit.identity.role >= Role.EDITOR,
        "may_delete": not read_only and visit.identity.role >= Role.ADMIN,
        "has_credits": operator is not None and operator.ledger is not None and vault.surroundings.organization,
    }
