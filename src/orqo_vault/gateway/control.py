"""The control plane: organizations' hosts ask for run tokens, keep them alive, give them back, and see usage."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from orqo_vault.errors import OrqoVaultError
from orqo_vault.gateway.authorizing import Callers
from orqo_vault.gateway.enrolments import Enrolment
from orqo_vault.gateway.hygiene import body_of, check_head
from orqo_vault.gateway.lending import Lender, wanted_run
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.refusals import refused_by
from orqo_vault.gateway.strict_json import parsed_object, serialized
from orqo_vault.ledger import Ledger, UsageLine

_USAGE_DAYS = timedelta(days=30)


class Control:
    """What enrolled hosts may ask. Each sees its own organization and no other."""

    def __init__(
        self, callers: Callers, lender: Lender, ledger: Ledger, base_urls: dict[str, str], limits: Limits
    ) -> None:
        self._callers = callers
        self._lender = lender
        self._ledger = ledger
        self._base_urls = base_urls
        self._limits = limits

    async def lend(self, request: Request) -> Response:
        """``POST /orqo/v1/runs``."""
        enrolment = await self._caller(request)
        body = await body_of(request, most=self._limits.error_bytes, seconds=self._limits.body_seconds)
        wanted = wanted_run(parsed_object(body, depth=2))
        made, token = await asyncio.to_thread(self._lender.lend, enrolment, wanted)
        return _json(
            201,
            {
                "token": token.reveal(),
                "base_url": self._base_urls[wanted.provider],
                "expires_at": made.expires_at.isoformat(),
                "heartbeat_seconds": self._limits.heartbeat_seconds,
                "budget": made.lending.budget,
            },
        )

    async def keep_alive(self, request: Request) -> Response:
        """``POST /orqo/v1/runs/{run}/heartbeat``."""
        enrolment = await self._caller(request)
        run = request.path_params["run"]
        token = await asyncio.to_thread(self._lender.keep_alive, enrolment.organization, run)
        return _json(200, {"expires_at": token.expires_at.isoformat()})

    async def take_back(self, request: Request) -> Response:
        """``DELETE /orqo/v1/runs/{run}``."""
        enrolment = await self._caller(request)
        await asyncio.to_thread(self._lender.take_back, enrolment.organization, request.path_params["run"])
        return Response(status_code=204)

    async def balance(self, request: Request) -> Response:
        """``GET /orqo/v1/balance``."""
        enrolment = await self._caller(request)
        return _json(200, await asyncio.to_thread(self._figures, enrolment.organization))

    def _figures(self, organization: str) -> dict[str, object]:
        balance = self._ledger.balance(organization)
        since = datetime.now(UTC) - _USAGE_DAYS
        return {
            "organization": organization,
            "balance": balance.balance,
            "held": balance.held,
            "available": balance.available,
            "overdraft": balance.overdraft,
            "usage": {
                "since": since.isoformat(),
                "days": [_line(each) for each in self._ledger.usage(organization, by="day", since=since)],
                "models": [_line(each) for each in self._ledger.usage(organization, by="model", since=since)],
            },
        }

    async def _caller(self, request: Request) -> Enrolment:
        check_head(request.headers.raw, request.scope["query_string"])
        return await self._callers.organization(request.headers.raw)


def refusal(error: OrqoVaultError) -> Response:
    """Return an error as this plane says it."""
    refused = refused_by(error)
    said = {"code": refused.reason, "message": refused.message, **refused.facts}
    return _json(refused.status, {"error": said}, refused.headers)


def _json(status: int, said: object, headers: dict[str, str] | None = None) -> Response:
    more = {"content-type": "application/json", "cache-control": "no-store", **(headers or {})}
    return Response(serialized(said), status_code=status, headers=more)


def _line(line: UsageLine) -> dict[str, object]:
    return {
        "heading": line.heading,
        "requests": line.requests,
        "own": line.own,
        "input_tokens": line.tokens.input,
        "output_tokens": line.tokens.output,
        "charged": line.charged,
    }
