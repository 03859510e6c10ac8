"""Who takes too long: a provider that falls silent, callers that send or take nothing, answers nobody waits for."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.gateway.harness import WAIT, Gateway, Upstream, sent

HELLO: Any = [{"role": "user", "content": "hello"}]
CHAT = "/openai/v1/chat/completions"


def client(gateway: Gateway, run: str) -> OpenAI:
    said = gateway.run(gateway.enrol("acme"), run, budget=10**6)
    return OpenAI(api_key=said["token"], base_url=said["base_url"], max_retries=0)


def head(token: str, length: int) -> bytes:
    lines = (f"POST {CHAT} HTTP/1.1", "host: gateway", f"authorization: Bearer {token}",
             "content-type: application/json", f"content-length: {length}", "", "")  # fmt: skip
    return "\r\n".join(lines).encode()


def test_a_provider_that_falls_silent_is_given_up_and_charged_at_the_hold(new_gateway: Callable[..., Gateway]) -> None:
    gateway = new_gateway().start_with(silence_seconds=0.3)
    with client(gateway, "silent") as caller:
        stream = caller.chat.completions.create(model="gpt-4o-do-hang", messages=HELLO, stream=True)
        with pytest.raises(openai.APIError, match="the provider's answer was cut off"):
            list(stream)
    (request,) = gateway.all_ended("acme", "silent", 1)
    assert (request.state, request.metered) == ("settled", "estimated")


def test_an_answer_that_does_not_end_is_not_read_for_long_when_its_caller_has_left(
    new_gateway: Callable[..., Gateway],
) -> None:
    gateway = new_gateway().start_with(drain_seconds=0.3)
    with client(gateway, "left") as caller:
        stream = caller.chat.completions.create(model="gpt-4o-do-hang", messages=HELLO, stream=True)
        next(iter(stream))
        stream.close()
    (request,) = gateway.all_ended("acme", "left", 1)
    assert (request.state, request.metered) == ("settled", "estimated")


def test_a_caller_who_takes_nothing_holds_nobody_up_and_loses_its_connection(
    new_gateway: Callable[..., Gateway], upstream: Upstream
) -> None:
    gateway = new_gateway().start_with(stall_seconds=0.5)
    token = gateway.run(gateway.enrol("acme"), "stalled", budget=10**6)["token"]
    body = json.dumps({"model": "gpt-4o-do-wide", "messages": HELLO, "stream": True}).encode()
    with socket.socket() as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.connect(("127.0.0.1", gateway.port))
        caller.sendall(head(token, len(body)) + body)
        (request,) = gateway.all_ended("acme", "stalled", 1)
        caller.settimeout(WAIT)
        taken = b"".join(iter(lambda: caller.recv(1 << 20), b""))
    assert taken.startswith(b"HTTP/1.1 200 ")
    assert len(taken) < 64 * 256 * 1024
    assert not taken.endswith(b"\r\n0\r\n\r\n")  # what it has does not look like the whole
    assert (request.metered, request.tokens.output) == ("gateway", upstream.counted()[-1]["output"])


def test_a_body_that_comes_too_slowly_is_refused_before_anything_is_held(
    new_gateway: Callable[..., Gateway], upstream: Upstream
) -> None:
    gateway = new_gateway().start_with(body_seconds=0.3)
    token = gateway.run(gateway.enrol("acme"), "slow-body")["token"]
    before = len(upstream.seen())
    said = sent(gateway.port, head(token, 100) + b'{"model":')
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b'"slow_body"' in said
    assert gateway.requests("acme", "slow-body") == []
    assert len(upstream.seen()) == before
