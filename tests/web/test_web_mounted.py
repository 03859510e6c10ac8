"""An engine mounts the site below its own, under its own login: pages, their files and the API are all there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount, Route

from orqo_vault.web import Identity, Role, create_app
from tests.web.in_process import Caller
from tests.web.stage import Answer, Project

ADDRESSES = re.compile(r'(?:href|src|hx-get|hx-post|hx-patch)="([^"]+)"')
NEW = {"category": "runtime", "type": "api_token", "name": "Mine", "key": "MINE", "secret.token": "t-123456"}


class Engine:
    """Knows who comes by itself."""

    async def identify(self, request: Request) -> Identity | None:
        return Identity("ana", Role.ADMIN)

    def routes(self) -> Sequence[Route]:
        return ()


@pytest.fixture(params=["", "/engine"])
def caller(request: pytest.FixtureRequest, project: Project) -> Caller:
    """Mounted at /vault, in an engine that is itself mounted somewhere or not."""
    page = create_app(project.vault, auth=Engine(), origins=["http://127.0.0.1:8000"])
    site: Any = Starlette(routes=[Mount("/vault", page)])
    return Caller(Starlette(routes=[Mount(request.param, site)]) if request.param else site, below=request.param)


def ask(caller: Caller, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    return asyncio.run(caller.send(method, caller.below + path, body, **headers))


def test_every_address_that_a_page_names_is_below_the_mount_and_answers(caller: Caller) -> None:
    shell = ask(caller, "GET", "/vault/credentials")
    assert f'data-root="{caller.below}/vault"' in shell.body.decode()
    named: set[str] = set(ADDRESSES.findall(shell.body.decode()))
    for path in ("/credentials", "/credentials/openai", "/new", "/new/runtime/api_token", "/llm/default", "/backends"):
        page = ask(caller, "GET", f"/vault/pages{path}")
        assert page.status == 200, page.body
        named |= set(ADDRESSES.findall(page.body.decode()))
    named.discard("#main")
    assert len(named) > 30
    assert not {each for each in named if not each.startswith(f"{caller.below}/vault/")}
    for each in named:
        if not each.endswith(
            ("/test", "/enabled", "/pages/new", "preview", "/llm/default/delete")
        ):  # these are posted to
            answer = ask(caller, "GET", each.removeprefix(caller.below).replace("&amp;", "&"))
            assert answer.status == 200, (each, answer.body)


def test_a_credential_is_added_through_the_form_and_found_through_the_api(caller: Caller, project: Project) -> None:
    made = ask(caller, "POST", "/vault/pages/new", NEW)
    assert (made.status, made.headers["orqo-go"]) == (204, "/credentials/mine"), made.body
    assert project.stored("mine") == {"token": "t-123456"}
    found = ask(caller, "GET", "/vault/api/v1/credentials/mine")
    gone = ask(caller, "DELETE", "/vault/api/v1/credentials/mine", if_match=found.etag)
    assert (found.status, gone.status) == (200, 200)
    document = ask(caller, "GET", "/vault/api/v1/openapi.json").json
    assert document["servers"] == [{"url": f"{caller.below}/vault/api/v1"}]


def test_nothing_is_beside_the_mount(caller: Caller) -> None:
    assert ask(caller, "GET", "/api/v1/credentials").status == 404
    assert ask(caller, "GET", "/pages/credentials").status == 404
