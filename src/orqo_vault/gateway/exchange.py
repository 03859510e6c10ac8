"""One request on its way: attempted, answered, charged. It goes on when its caller has left, until it is charged."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from orqo_vault.errors import OrqoVaultError
from orqo_vault.gateway.adapters import Adapter, Asked, Meter
from orqo_vault.gateway.charging import Attempt, Charging
from orqo_vault.gateway.events import EndlessEventError, Events
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.outcomes import CALLERS_FAULT, did_not_work, refusal_of
from orqo_vault.gateway.passage import Passage
from orqo_vault.gateway.provider_keys import ProviderKeys
from orqo_vault.gateway.refusals import RefusedError, refused_by
from orqo_vault.gateway.run_tokens import Lending
from orqo_vault.gateway.strict_json import serialized
from orqo_vault.secret import SecretValue

log = logging.getLogger("orqo_vault.gateway")

EVENT_STREAM = "text/event-stream"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What leads to one provider."""

    adapter: Adapter
    url: str
    client: aiohttp.ClientSession
    keys: ProviderKeys
    charging: Charging
    limits: Limits


@dataclass(slots=True, kw_only=True)
class Answer:
    """What the caller gets."""

    status: int
    reference: str
    body: bytes = b""
    stream: Passage | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Exchange:
    """Tell it to :meth:`run` in a task of its own, and wait for its ``answer``."""

    def __init__(self, line: Line, lending: Lending, asked: Asked, sent: dict[str, str]) -> None:
        self._line = line
        self._lending = lending
        self._asked = asked
        self._body = serialized(asked.body)
        self._passed = line.adapter.passed(sent)
        self._reference = ""
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Attempt it, and once more if the key has been changed in between. Every end of it is an answer."""
        try:
            if await self._attempt(may_repeat=True):
                await self._attempt(may_repeat=False)
        except OrqoVaultError as error:
            self._give(self._refusal(refused_by(error)))
        except Exception as error:
            log.error("%s failed: %s", self._reference or "a request", type(error).__name__)
            self._give(self._refusal(refused_by(OrqoVaultError("a bug"))))

    def _give(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    async def _attempt(self, *, may_repeat: bool) -> bool:
        """Give an answer, and return False; True if another attempt is worth it."""
        line = self._line
        key = line.keys.get(self._lending.provider)
        attempt = await line.charging.start(self._lending, line.adapter, self._asked, len(self._body))
        self._reference = attempt.reference
        try:
            response = await self._post(key)
        except aiohttp.ClientConnectorError:
            await line.charging.cancel(attempt)
            raise RefusedError(503, "provider_unreachable", "the provider cannot be reached", retry=True) from None
        except (aiohttp.ClientError, TimeoutError):
            await line.charging.settle(attempt, None)
            raise RefusedError(502, "provider_failed", "the provider went away; what it used is not known") from None
        try:
            if response.status == 401 and may_repeat and await line.keys.again(self._lending.provider, key):
                await line.charging.cancel(attempt)
                return True
            if response.status != 200:
                self._give(await self._not_worked(attempt, response))
            else:
                await self._worked(attempt, response)
        finally:
            response.close()
        return False

    async def _post(self, key: SecretValue) -> aiohttp.ClientResponse:
        name, before = self._line.adapter.key_header
        headers = {
            **self._passed,
            name: before + key.reveal(),
            "content-type": JSON,
            "accept": EVENT_STREAM if self._asked.stream else JSON,
        }
        return await self._line.client.post(self._line.url, data=self._body, headers=headers, allow_redirects=False)

    async def _not_worked(self, attempt: Attempt, response: aiohttp.ClientResponse) -> Answer:
        said = await _at_most(response, self._line.limits.error_bytes)
        if did_not_work(response.status):
            await self._line.charging.cancel(attempt)
        else:
            await self._line.charging.settle(attempt, None)
        log.info("%s provider said %d", attempt.reference, response.status)
        if (
            response.status in CALLERS_FAULT
            and isinstance(_parsed(said), dict)
            and not self._line.keys.is_in(said or b"")
        ):
            headers = {"content-type": JSON, "x-should-retry": "false"}
            return Answer(status=response.status, reference=attempt.reference, body=said or b"", headers=headers)
        return self._refusal(refusal_of(response.status, response.headers))

    async def _worked(self, attempt: Attempt, response: aiohttp.ClientResponse) -> None:
        meter = self._line.adapter.meter(self._asked)
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        if encoded or response.content_type != (EVENT_STREAM if self._asked.stream else JSON):
            await self._line.charging.settle(attempt, None)
            raise RefusedError(502, "provider_failed", "the provider answered in a form that cannot be metered")
        if self._asked.stream:
            await self._stream(attempt, response, meter)
        else:
            self._give(await self._whole(attempt, response, meter))

    async def _whole(self, attempt: Attempt, response: aiohttp.ClientResponse, meter: Meter) -> Answer:
        said = await _at_most(response, self._line.limits.answer_bytes)
        found = _parsed(said)
        if isinstance(found, dict):
            meter.note_whole(found)
        await self._line.charging.settle(attempt, meter.tokens)
        if said is None or not isinstance(found, dict):
            raise RefusedError(502, "provider_failed", "the provider's answer was cut off; what it used is not known")
        return Answer(status=200, reference=attempt.reference, body=said, headers={"content-type": JSON})

    async def _stream(self, attempt: Attempt, response: aiohttp.ClientResponse, meter: Meter) -> None:
        limits = self._line.limits
        passage = Passage(drain_seconds=limits.drain_seconds)
        headers = {"content-type": EVENT_STREAM, "cache-control": "no-store"}
        self._give(Answer(status=200, reference=attempt.reference, stream=passage, headers=headers))
        events = Events(meter, most=limits.event_bytes)
        charged = False
        try:
            try:
                async with passage.draining():
                    async for data in response.content.iter_any():
                        piece = events.feed(data)
                        if meter.tokens is not None and not charged:  # whoever has seen the end finds it charged
                            charged = True
                            await self._line.charging.settle(attempt, meter.tokens)
                        await passage.put(piece)
                    await passage.put(events.finish())
            finally:
                if not charged:
                    await self._line.charging.settle(attempt, meter.tokens)
        except (aiohttp.ClientError, TimeoutError, EndlessEventError):
            cut = RefusedError(502, "provider_cut_off", "the provider's answer was cut off")
            await passage.put(self._line.adapter.error_event(cut, attempt.reference))
        finally:
            await passage.end()

    def _refusal(self, refused: RefusedError) -> Answer:
        return Answer(
            status=refused.status,
            reference=self._reference,
            body=serialized(self._line.adapter.error(refused, self._reference)),
            headers={"content-type": JSON, **refused.headers},
        )


async def _at_most(response: aiohttp.ClientResponse, most: int) -> bytes | None:
    """Return the body, None if it is longer or was cut off."""
    body = bytearray()
    try:
        async for data in response.content.iter_any():
            body += data
            if len(body) > most:
                return None
    except (aiohttp.ClientError, TimeoutError):
        return None
    return bytes(body)


def _parsed(said: bytes | None) -> Any:
    try:
        return json.loads(said or b"")
    except (ValueError, RecursionError):
        return None
