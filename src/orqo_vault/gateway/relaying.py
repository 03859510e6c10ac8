"""The data plane: a provider's own paths, called with a run token, answered as the provider answers."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from orqo_vault.errors import OrqoVaultError
from orqo_vault.gateway.authorizing import Callers, check_model
from orqo_vault.gateway.exchange import Answer, Exchange, Line
from orqo_vault.gateway.hygiene import body_of, check_head
from orqo_vault.gateway.refusals import RefusedError, refused_by
from orqo_vault.gateway.strict_json import parsed_object, serialized

_PASSED_BACK = "x-request-id"


class Relay:
    """One provider's line, and the requests that are on it."""

    def __init__(self, line: Line, callers: Callers, on_their_way: set[asyncio.Task[None]]) -> None:
        self._line = line
        self._callers = callers
        self._on_their_way = on_their_way

    async def __call__(self, request: Request) -> Response:
        """Answer one request. What was forwarded is charged even when nobody waits for this any more."""
        try:
            answer = await self._forwarded(request)
        except OrqoVaultError as error:
            refused = _as_this_plane_says_it(refused_by(error))
            return Response(
                serialized(self._line.adapter.error(refused, "")),
                status_code=refused.status,
                headers={"content-type": "application/json", **refused.headers},
            )
        headers = {**answer.headers, _PASSED_BACK: answer.reference, "request-id": answer.reference}
        if answer.stream is not None:
            return StreamingResponse(answer.stream.pieces(), headers=headers)
        return Response(answer.body, status_code=answer.status, headers=headers)

    async def _forwarded(self, request: Request) -> Answer:
        limits, adapter = self._line.limits, self._line.adapter
        head = request.headers.raw
        check_head(head, request.scope["query_string"])
        lending = await self._callers.run(head, adapter.provider)
        body = await body_of(request, most=limits.body_bytes, seconds=limits.body_seconds)
        asked = adapter.asked(parsed_object(body, depth=limits.body_depth), limits)
        check_model(lending, asked.model)
        exchange = Exchange(self._line, lending, asked, dict(request.headers))
        with ExitStack() as entered:
            entered.enter_context(self._callers.one_more(lending))
            task = asyncio.create_task(exchange.run())
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)
            until_it_is_over = entered.pop_all()
            task.add_done_callback(lambda _: until_it_is_over.close())
        return await asyncio.shield(exchange.answer)


def _as_this_plane_says_it(refused: RefusedError) -> RefusedError:
    """A client of a provider waits and asks again on 429, and knows nothing of holds."""
    if refused.status == 409:
        refused.status = 429
    return refused
