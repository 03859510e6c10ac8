"""Callers that leave, streams by the hundred, a gateway that is killed: each request is charged once, or says not."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import aiohttp
import psycopg
import pytest

from tests.gateway.conftest import Lend
from tests.gateway.harness import KEY, Gateway, Upstream, eventually, exchange
from tests.ledger import raw

HELLO: Any = [{"role": "user", "content": "hello"}]
ANTHROPIC = {"model": "claude-test-do-slow", "max_tokens": 50, "messages": HELLO, "stream": True}
OPENAI = {"model": "gpt-4o-do-slow", "max_tokens": 50, "messages": HELLO, "stream": True}
WAYS = {"openai": ("/openai/v1/chat/completions", OPENAI), "anthropic": ("/anthropic/v1/messages", ANTHROPIC)}


async def storm(port: int, tokens: dict[str, list[str]], count: int, chance: random.Random) -> Counter[str]:
    """Open so many streams at one time; about half of the callers leave at some point."""
    ends: Counter[str] = Counter()

    async def one(client: aiohttp.ClientSession, provider: str, token: str, leaves_after: int | None) -> None:
        path, body = WAYS[provider]
        async with client.post(f"http://127.0.0.1:{port}{path}", json=body, headers={"x-api-key": token}) as response:
            assert response.status == 200, await response.text()
            taken = 0
            async for piece in response.content.iter_any():
                taken += len(piece)
                if leaves_after is not None and taken > leaves_after:
                    ends["left"] += 1
                    return
            ends["whole"] += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        callers = [
            (provider, token, chance.choice([None, None, 0, 200, 500]))
            for provider in WAYS
            for number in range(count // 2)
            for token in [tokens[provider][number % len(tokens[provider])]]
        ]
        chance.shuffle(callers)
        await asyncio.gather(*(one(client, *caller) for caller in callers))
    return ends


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_streams_whose_callers_leave_are_charged_once_and_as_the_provider_counts(
    new_gateway: Callable[..., Gateway], request: pytest.FixtureRequest, database: str, count: int
) -> None:
    address = None if database == "sqlite" else str(request.getfixturevalue("postgresql_address"))
    provider = Upstream()
    gateway = new_gateway(address, provider).start("--max-at-once", str(count))
    enrolments = {name: gateway.enrol(name) for name in ("acme", "beta")}
    tokens: dict[str, list[str]] = {each: [] for each in WAYS}
    for each in WAYS:
        for name, enrolment in enrolments.items():
            said = gateway.run(enrolment, f"{each}-{name}", provider=each, budget=10**8)
            tokens[each].append(said["token"])
    seed = random.randrange(10**6)
    ends = asyncio.run(storm(gateway.port, tokens, count, random.Random(seed)))
    assert sum(ends.values()) == count, f"seed {seed}"

    def all_settled() -> bool:
        return raw.ask(gateway.ledger_address, "SELECT COUNT(*) FROM request WHERE state = 'settled'")[0][0] == count

    eventually(all_settled, f"{count} settled (seed {seed})")
    rows = raw.ask(gateway.ledger_address, "SELECT input_tokens, output_tokens, metered FROM request")
    owed = provider.counted()
    assert Counter((int(i), int(o)) for i, o, _ in rows) == Counter((each["input"], each["output"]) for each in owed)
    assert {metered for _, _, metered in rows} == {"gateway"}
    ledger = gateway.ledger
    charged = raw.ask(gateway.ledger_address, "SELECT SUM(charged) FROM request")[0][0]
    assert sum(1_000_000_000 - ledger.balance(name).balance for name in ("acme", "beta")) == charged
    assert ledger.verify() == []
    assert KEY not in gateway.log
    provider.process.stop()


def test_a_caller_who_leaves_at_once_pays_what_the_provider_asks(lend: Lend, upstream: Upstream) -> None:
    run = lend()
    stream = run.openai().chat.completions.create(model="gpt-4o-do-slow", messages=HELLO, stream=True)
    next(iter(stream))
    stream.close()
    (request,) = run.ended(1)
    owed = upstream.counted()[-1]
    assert (request.tokens.input, request.tokens.output, request.metered) == (owed["input"], owed["output"], "gateway")


def test_a_long_stream_arrives_whole(lend: Lend) -> None:
    run = lend()
    stream = run.openai().chat.completions.create(model="gpt-4o-do-long20000", messages=HELLO, stream=True)
    words = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert words == "the quick brown fox " + "".join(f"word{number} " for number in range(20_000))
    run.ended(1)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_after_a_kill_what_was_on_its_way_is_unsettled_and_its_hold_is_kept(
    new_gateway: Callable[..., Gateway], request: pytest.FixtureRequest, database: str
) -> None:
    address = None if database == "sqlite" else str(request.getfixturevalue("postgresql_address"))
    gateway = new_gateway(address).start()
    enrolment = gateway.enrol("acme")
    token = gateway.run(enrolment, "killed", budget=10_000)["token"]

    async def stream_until_killed() -> None:
        path, body = WAYS["openai"]
        url = f"http://127.0.0.1:{gateway.port}{path}"
        hanging = {**body, "model": "gpt-4o-do-hang"}
        async with aiohttp.ClientSession(headers={"x-api-key": token}) as client:
            async with client.post(url, json={**body, "stream": False, "model": "gpt-4o"}) as whole:
                assert whole.status == 200
            async with client.post(url, json=hanging) as response:
                assert await response.content.readany()
                assert gateway.process is not None
                gateway.process.stop(signal.SIGKILL)

    asyncio.run(stream_until_killed())
    assert Counter(each.state for each in gateway.requests("acme", "killed")) == {"settled": 1, "started": 1}
    gateway.start()
    assert "1 requests of an earlier gateway 'gw' are unsettled" in gateway.log
    (unsettled,) = gateway.ledger.unsettled("acme")
    assert exchange(gateway.port, "DELETE", "/orqo/v1/runs/killed", token=enrolment)[0] == 204
    assert gateway.ledger.balance("acme").held == unsettled.drawn > 0
    assert gateway.ledger.verify() == []


def test_a_gateway_that_is_stopped_lets_streams_end(new_gateway: Callable[..., Gateway]) -> None:
    gateway = new_gateway().start()
    token = gateway.run(gateway.enrol("acme"), "stopped")["token"]

    async def stream_while_it_stops() -> bytes:
        path, body = WAYS["openai"]
        async with (
            aiohttp.ClientSession(headers={"x-api-key": token}) as client,
            client.post(f"http://127.0.0.1:{gateway.port}{path}", json=body) as response,
        ):
            first = await response.content.readany()
            assert gateway.process is not None
            gateway.process.popen.send_signal(signal.SIGTERM)
            return first + await response.content.read()

    assert asyncio.run(stream_while_it_stops()).endswith(b"data: [DONE]\n\n")
    assert gateway.process is not None
    assert gateway.process.popen.wait(20) == 0
    assert [each.metered for each in gateway.requests("acme", "stopped")] == ["gateway"]


def test_a_key_that_was_changed_is_read_again(new_gateway: Callable[..., Gateway]) -> None:
    provider = Upstream()
    gateway = new_gateway(None, provider).start()
    token = gateway.run(gateway.enrol("acme"), "changed")["token"]
    gateway.store_key("sk-another-CANARY-77")
    provider.change_key("sk-another-CANARY-77")
    path, body = WAYS["openai"]
    status, _ = exchange(gateway.port, "POST", path, token=token, body={**body, "stream": False})
    assert status == 200
    states = Counter(each.state for each in gateway.all_ended("acme", "changed", 2))
    assert states == {"cancelled": 1, "settled": 1}
    provider.process.stop()


def test_a_run_has_so_many_requests_at_one_time(new_gateway: Callable[..., Gateway]) -> None:
    gateway = new_gateway().start("--max-at-once", "2")
    token = gateway.run(gateway.enrol("acme"), "crowd", budget=10**6)["token"]

    async def crowd() -> list[int]:
        path, body = WAYS["openai"]
        body = {**body, "model": "gpt-4o-do-slower"}
        async with aiohttp.ClientSession(headers={"x-api-key": token}) as client:
            url = f"http://127.0.0.1:{gateway.port}{path}"
            async with client.post(url, json=body) as one, client.post(url, json=body) as two:
                async with client.post(url, json=body) as three:
                    found = [one.status, two.status, three.status]
                await one.read()
                await two.read()
        return found

    assert asyncio.run(crowd()) == [200, 200, 429]
    gateway.all_ended("acme", "crowd", 2)
    path, body = WAYS["openai"]
    assert exchange(gateway.port, "POST", path, token=token, body={**body, "stream": False})[0] == 200


def test_without_a_ledger_nothing_is_forwarded(
    new_gateway: Callable[..., Gateway], upstream: Upstream, postgresql_address: str
) -> None:
    with psycopg.connect(postgresql_address, autocommit=True) as server:
        server.execute("CREATE DATABASE gone")
        gateway = new_gateway(postgresql_address.replace("/postgres?", "/gone?")).start()
        enrolment = gateway.enrol("acme")
        token = gateway.run(enrolment, "no-ledger")["token"]
        server.execute("DROP DATABASE gone WITH (FORCE)")
    path, body = WAYS["openai"]
    before = len(upstream.seen())
    status, said = exchange(gateway.port, "POST", path, token=token, body={**body, "stream": False})
    assert (status, said["error"]["code"]) == (503, "ledger_unavailable")
    asked = {"run": "r", "name": "", "credential": "openai", "provider": "openai", "models": [], "budget": None}
    status, said = exchange(gateway.port, "POST", "/orqo/v1/runs", token=enrolment, body=asked)
    assert (status, said["error"]["code"]) == (503, "ledger_unavailable")
    assert len(upstream.seen()) == before


def test_neither_the_key_nor_a_token_stands_anywhere(new_gateway: Callable[..., Gateway]) -> None:
    gateway = new_gateway().start()
    enrolment = gateway.enrol("acme")
    token = gateway.run(enrolment, "canary")["token"]
    path, body = WAYS["openai"]
    said = [
        exchange(gateway.port, "POST", path, token=token, body={**body, "stream": False, "model": f"gpt-4o-do-{act}"})
        for act in ("401", "400", "500", "cut", "plain400")
    ]
    said.append(exchange(gateway.port, "GET", "/orqo/v1/balance", token=enrolment))
    gateway.all_ended("acme", "canary", 5)
    assert gateway.process is not None
    gateway.process.stop()
    kept = b"".join(each.read_bytes() for each in gateway.folder.glob("ledger.db*"))
    everywhere = kept + gateway.log.encode() + repr(said).encode() + (gateway.folder / "operator.yaml").read_bytes()
    for secret in (KEY, token, enrolment):
        assert secret.encode() not in everywhere
        assert secret.partition("_")[2].encode() not in everywhere or secret == KEY
    assert b"hello" not in gateway.log.encode()
