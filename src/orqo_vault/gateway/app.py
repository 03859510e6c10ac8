"""The gateway as an ASGI application: an exact table of methods and paths, and everything else refused."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from orqo_vault.errors import OrqoVaultError
from orqo_vault.gateway.control import Control, refusal
from orqo_vault.gateway.lending import RUN_ID
from orqo_vault.gateway.refusals import RefusedError

log = logging.getLogger("orqo_vault.gateway")

Handler = Callable[[Request], Awaitable[Response]]

_RUN = re.compile(rf"/orqo/v1/runs/(?P<run>{RUN_ID})(?P<rest>/heartbeat)?", re.ASCII)


class App:
    """Compares the path as it was sent: nothing is decoded, joined or collapsed."""

    def __init__(self, control: Control, relays: Mapping[str, Handler]) -> None:
        self._table: dict[tuple[str, str], Handler] = {
            ("POST", "/orqo/v1/runs"): control.lend,
            ("GET", "/orqo/v1/balance"): control.balance,
            **{("POST", path): relay for path, relay in relays.items()},
        }
        self._of_a_run: dict[tuple[str, str], Handler] = {
            ("POST", "/heartbeat"): control.keep_alive,
            ("DELETE", ""): control.take_back,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request, scope)
        except OrqoVaultError as error:
            response = refusal(error)
        except Exception as error:
            log.error("a request failed: %s", type(error).__name__)
            response = refusal(OrqoVaultError("a bug"))
        await response(scope, receive, send)

    async def _answer(self, request: Request, scope: Scope) -> Response:
        if scope["http_version"] not in ("1.0", "1.1"):
            raise RefusedError(400, "http_version", "the gateway speaks HTTP/1.1", close=True)
        path = scope["raw_path"].decode("latin-1")
        handler = self._table.get((scope["method"], path))
        if handler is None and (of_a_run := _RUN.fullmatch(path)) is not None:
            handler = self._of_a_run.get((scope["method"], of_a_run["rest"] or ""))
            scope["path_params"] = {"run": of_a_run["run"]}
        if handler is None:
            raise RefusedError(404, "no_such_path", "the gateway has no such method and path", close=True)
        return await handler(request)


async def all_over(on_their_way: set[asyncio.Task[None]], seconds: float) -> None:
    """Wait so long for what is on its way; the rest is given up, and its rows stay ``started``."""
    if on_their_way:
        _, late = await asyncio.wait(on_their_way, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            log.warning("%d requests are given up unsettled", len(late))
