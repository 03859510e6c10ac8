"""Whose request it is: a run token or an enrolment from the head, looked up every time, and how many at once."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from orqo_vault.gateway.enrolments import Enrolment, Enrolments
from orqo_vault.gateway.refusals import RefusedError
from orqo_vault.gateway.run_tokens import Lending, RunTokens
from orqo_vault.gateway.tokens import ENROLMENT, RUN, digest, is_token

_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


def token_in(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the token of ``authorization`` or ``x-api-key``; both are fine if they say the same."""
    found = set()
    for name, value in headers:
        if name == b"x-api-key":
            found.add(value.decode("latin-1").strip())
        elif name == b"authorization":
            match = _BEARER.fullmatch(value.decode("latin-1").strip())
            if match is None:
                raise _unauthorized("the header authorization must be a bearer token")
            found.add(match[1])
    if len(found) > 1:
        raise _unauthorized("authorization and x-api-key say different things")
    if not found:
        raise _unauthorized("there is no token")
    return found.pop()


class Callers:
    """Knows callers by their tokens, and counts the requests of runs that are on their way."""

    def __init__(self, run_tokens: RunTokens, enrolments: Enrolments) -> None:
        self._run_tokens = run_tokens
        self._enrolments = enrolments
        self._in_flight: Counter[tuple[str, str]] = Counter()

    async def run(self, headers: Iterable[tuple[bytes, bytes]], provider: str) -> Lending:
        """Return what was lent to the run that calls."""
        text = token_in(headers)
        if not is_token(text, RUN):
            raise _unauthorized("this is no run token")
        token = await asyncio.to_thread(self._run_tokens.find, digest(text))
        if token is None:
            raise _unauthorized("this run token is not known here")
        if token.refusal == "stopped":
            raise RefusedError(402, "run_stopped", "a request of this run cost more than the run had left")
        if token.refusal is not None:
            raise _unauthorized(f"this run token is {token.refusal}")
        if token.lending.provider != provider:
            raise RefusedError(403, "provider_not_allowed", "this run token is for another provider")
        return token.lending

    async def organization(self, headers: Iterable[tuple[bytes, bytes]]) -> Enrolment:
        """Return the enrolment that calls."""
        text = token_in(headers)
        found = None
        if is_token(text, ENROLMENT):
            found = await asyncio.to_thread(self._enrolments.find, digest(text))
        if found is None:
            raise _unauthorized("this enrolment is not known here")
        return found

    @contextmanager
    def one_more(self, lending: Lending) -> Iterator[None]:
        """Count one request while it is on its way, or refuse it because there are enough."""
        run = (lending.organization, lending.hold)
        if self._in_flight[run] >= lending.concurrency:
            raise RefusedError(
                429,
                "too_many_at_once",
                f"this run has {lending.concurrency} requests on their way, which is as many as it may",
                retry_after=1,
                retry=True,
            )
        self._in_flight[run] += 1
        try:
            yield
        finally:
            self._in_flight[run] -= 1
            if not self._in_flight[run]:
                del self._in_flight[run]


def check_model(lending: Lending, model: str) -> None:
    """Refuse a model that was not lent."""
    if lending.models and model not in lending.models:
        raise RefusedError(403, "model_not_allowed", "this run may not use this model")


def _unauthorized(why: str) -> RefusedError:
    return RefusedError(401, "unauthorized", why)
