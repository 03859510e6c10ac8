"""Login by a code that stands in the terminal where the page was started: who can read it there may do all of it.

The code is exchanged for a token that the page's script keeps and sends as ``Authorization: Bearer``. There is no
cookie: a browser sends cookies to every port of this machine, and by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orqo_vault.web.auth import Identity, Role
from orqo_vault.web.bodies import read_body
from orqo_vault.web.failures import Refusal, as_response
from orqo_vault.web.limits import BAD_CODES_A_MINUTE, LOCKED_SECONDS, Rate
from orqo_vault.web.tokens import ABSOLUTE_SECONDS, IDLE_SECONDS, Codes, Sessions

BEARER = "bearer "


class Login(BaseModel):
    """A one-time code."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    code: str = Field(min_length=1, max_length=200)


class TerminalLogin:
    """Codes, sessions, and one identity for all who logged in."""

    def __init__(self, identity: Identity | None = None) -> None:
        self.codes = Codes()
        self.sessions = Sessions()
        self._identity = identity or Identity("terminal", Role.ADMIN)
        self._bad_codes = Rate(BAD_CODES_A_MINUTE, LOCKED_SECONDS)

    async def identify(self, request: Request) -> Identity | None:
        """Return the identity of whoever sends the token of a session that goes on."""
        token = _token(request)
        return self._identity if token and self.sessions.use(token) else None

    def routes(self) -> Sequence[Route]:
        """Return login and logout."""
        return [
            Route("/session", self._log_in, methods=["POST"]),
            Route("/session", self._log_out, methods=["DELETE"]),
        ]

    async def _log_in(self, request: Request) -> Response:
        try:
            wait = self._bad_codes.wait()
            if wait:
                raise Refusal(429, "too_many_codes", "too many wrong codes", retry_after=wait)
            login = await read_body(request, Login)
            if not self.codes.take(login.code):
                self._bad_codes.count()
                raise Refusal(401, "bad_code", "the code is wrong, used or older than a minute")
        except Refusal as refusal:
            return as_response(refusal)
        content = {
            "token": self.sessions.begin(),
            "idle_seconds": int(IDLE_SECONDS),
            "absolute_seconds": int(ABSOLUTE_SECONDS),
        }
        return JSONResponse(content, 201)

    async def _log_out(self, request: Request) -> Response:
        token = _token(request)
        if token:
            self.sessions.end(token)
        return Response(status_code=204)


def _token(request: Request) -> str:
    said = request.headers.get("authorization", "")
    return said[len(BEARER) :].strip() if said[: len(BEARER)].lower() == BEARER else ""
