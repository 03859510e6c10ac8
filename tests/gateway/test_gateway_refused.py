"""What does not get through: bodies, paths, heads, callers, and everything raw sockets can say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.conftest import Lend, Lent
from tests.gateway.harness import Gateway, Upstream, exchange, sent

CHAT = "/openai/v1/chat/completions"
MESSAGES = "/anthropic/v1/messages"
HELLO = [{"role": "user", "content": "hello"}]
PLAIN: dict[str, Any] = {"model": "gpt-4o", "messages": HELLO}


@pytest.fixture
def openai_run(lend: Lend) -> Lent:
    return lend()


@pytest.fixture
def anthropic_run(lend: Lend) -> Lent:
    return lend("anthropic")


def part(**part: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [part]}]}


@pytest.mark.parametrize(
    "more",
    [
        {"surprise": 1},
        {"background": True},
        {"previous_response_id": "resp_1"},
        {"metadata": {"a": "b"}},
        {"service_tier": "priority"},
        {"service_tier": "flex"},
        {"web_search_options": {}},
        {"modalities": ["text", "audio"]},
        {"prediction": {"type": "content", "content": "x"}},
        {"prompt_cache_key": "other-tenant"},
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "code_interpreter", "container": "cntr_1"}]},
        {"tools": {"type": "function"}},
        {"n": 9},
        {"n": 0},
        {"n": True},
        {"max_tokens": -1},
        {"max_tokens": 1.5},
        {"max_tokens": 5, "max_completion_tokens": 5},
        {"stream": "yes"},
        {"stream_options": {"include_usage": True, "more": 1}},
        {"model": ""},
        {"model": "../gpt-4o"},
        {"model": ["gpt-4o"]},
        {"messages": "hello"},
        {"messages": [{"role": "assistant", "audio": {"id": "audio_of_somebody"}}]},
        part(type="file", file={"file_id": "file-of-somebody"}),
        part(type="input_audio", input_audio={"data": "", "format": "wav"}),
    ],
)
def test_a_body_with_what_is_not_metered_is_refused(openai_run: Lent, upstream: Upstream, more: dict[str, Any]) -> None:
    before = len(upstream.seen())
    status, said = exchange(openai_run.gateway.port, "POST", CHAT, token=openai_run.token, body={**PLAIN, **more})
    assert (status, said["error"]["code"]) == (400, "refused_field")
    assert len(upstream.seen()) == before
    assert openai_run.gateway.requests("acme", openai_run.run) == []


@pytest.mark.parametrize(
    "more",
    [
        {"container": "c"},
        {"mcp_servers": []},
        {"service_tier": "auto"},
        {"speed": "fast"},
        {"inference_geo": "us"},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [{"type": "code_execution_20250522", "name": "x"}]},
        {"cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
        part(type="image", source={"type": "file", "file_id": "file_of_somebody"}),
        part(type="document", source={"type": "file", "file_id": "file_of_somebody"}),
        part(type="document", source={"type": "url", "url": "https://a.example"}),
        part(type="container_upload", file_id="file_of_somebody"),
        part(type="tool_result", tool_use_id="t", content=[{"type": "image", "source": {"type": "file"}}]),
        {"metadata": {"user_id": "u", "more": 1}},
        {"surprise": 1},
    ],
)
def test_anthropics_likewise(anthropic_run: Lent, more: dict[str, Any]) -> None:
    body = {"model": "claude-test", "max_tokens": 5, "messages": HELLO, **more}
    status, said = exchange(anthropic_run.gateway.port, "POST", MESSAGES, token=anthropic_run.token, body=body)
    assert (status, said["type"], said["error"]["code"]) == (400, "error", "refused_field")


def test_a_beta_is_refused(anthropic_run: Lent) -> None:
    body = {"model": "claude-test", "max_tokens": 5, "messages": HELLO}
    headers = {"anthropic_beta": "files-api-2025-04-14"}
    status, said = exchange(
        anthropic_run.gateway.port, "POST", MESSAGES, token=anthropic_run.token, body=body, **headers
    )
    assert (status, said["error"]["code"]) == (400, "refused_header")


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"gpt-4o","model":"gpt-4o","messages":[]}',
        b'{"model":"gpt-4o","messages":[{"role":"user","content":"x","content":"y"}]}',
        b'{"model":"gpt-4o","messages":[],"temperature":NaN}',
        b'{"model":"gpt-4o","messages":[],"temperature":1e999}',
        b'{"model":"gpt-4o","messages":[],"seed":' + b"9" * 5000 + b"}",
        b'{"model":"gpt-4o","messages":' + b"[" * 100 + b"]" * 100 + b"}",
        b"[" * 200_000,
        b'["gpt-4o"]',
        b"",
        b"\xff\xfe{\x00}\x00",
        b'{"model":"gpt-4o","messages":[]} {}',
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: repr(body[:48]),
)
def test_a_body_that_two_parsers_read_differently_is_refused(openai_run: Lent, body: bytes) -> None:
    status, said = exchange(openai_run.gateway.port, "POST", CHAT, token=openai_run.token, body=body)
    assert (status, said["error"]["code"]) == (400, "invalid_body")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CHAT),
        ("DELETE", CHAT),
        ("GET", CHAT + "/chatcmpl-1"),
        ("DELETE", CHAT + "/chatcmpl-1"),
        ("GET", "/openai/v1/models"),
        ("GET", "/openai/v1/files/file-1"),
        ("POST", "/openai/v1/responses"),
        ("POST", "/openai/v1/chat//completions"),
        ("POST", "/openai//v1/chat/completions"),
        ("POST", "//openai/v1/chat/completions"),
        ("POST", "/openai/v1/../v1/chat/completions"),
        ("POST", "/openai/v1/chat%2fcompletions"),
        ("POST", "/openai/v1/%63hat/completions"),
        ("POST", CHAT + "/"),
        ("POST", CHAT + ";a=b"),
        ("POST", "/OPENAI/v1/chat/completions"),
        ("POST", "http://evil.example" + CHAT),
        ("OPTIONS", "*"),
        ("POST", "/anthropic/v1/messages/batches"),
        ("POST", "/anthropic/v1/messages/count_tokens"),
        ("GET", "/"),
    ],
)
def test_there_is_no_other_path(openai_run: Lent, upstream: Upstream, method: str, path: str) -> None:
    before = len(upstream.seen())
    status, said = exchange(openai_run.gateway.port, method, path, token=openai_run.token, body=PLAIN)
    assert (status, said["error"]["code"]) == (404, "no_such_path")
    assert len(upstream.seen()) == before


def test_a_query_is_refused(openai_run: Lent) -> None:
    status, said = exchange(openai_run.gateway.port, "POST", CHAT + "?beta=true", token=openai_run.token, body=PLAIN)
    assert (status, said["error"]["code"]) == (400, "query_string")


def head(*lines: str, target: str = CHAT, version: str = "1.1") -> bytes:
    return "\r\n".join((f"POST {target} HTTP/{version}", "Host: gateway", *lines, "", "")).encode()


BODY = json.dumps(PLAIN).encode()
LENGTH = f"Content-Length: {len(BODY)}"
TYPE = "Content-Type: application/json"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
SMUGGLED = b"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: gateway\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (head("{auth}", TYPE, LENGTH, "Transfer-Encoding: chunked") + CHUNKED + SMUGGLED, 400),
        (head("{auth}", TYPE, "Transfer-Encoding: chunked", LENGTH) + CHUNKED, 400),
        (head("{auth}", TYPE, LENGTH, "Content-Length: 5") + BODY, 400),
        (head("{auth}", TYPE, f"Content-Length: {len(BODY)}, 5") + BODY, 400),
        (head("{auth}", TYPE, f"Content-Length: +{len(BODY)}") + BODY, 400),
        (head("{auth}", TYPE, "Content-Length: -1") + BODY, 400),
        (head("{auth}", TYPE, "Transfer-Encoding: chunked, identity") + CHUNKED, 400),
        (head("{auth}", TYPE, "Transfer-Encoding: xchunked") + CHUNKED, 400),
        (head("{auth}", TYPE, "Transfer-Encoding : chunked") + CHUNKED, 400),
        (head("{auth}", TYPE, "Transfer-Encoding:\x0bchunked") + CHUNKED, 400),
        (head("{auth}", TYPE, LENGTH, "X-Folded: a\r\n b") + BODY, 400),
        (head("{auth}", TYPE, "Transfer-Encoding:\r\n chunked", LENGTH) + BODY, 400),
        (head("{auth}", TYPE, LENGTH).replace(b"\r\n", b"\n") + BODY, 400),
        (head("{auth}", TYPE, LENGTH, "X-Bare: a\nContent-Length: 0") + BODY, 400),
        (head("{auth}", TYPE, LENGTH, "X-Bare: a\rb") + BODY, 400),
        (head("{auth}", TYPE, LENGTH, "X-Nul: a\x00b") + BODY, 400),
        (head("{auth}", "{auth}", TYPE, LENGTH) + BODY, 400),
        (head("{auth}", TYPE, TYPE, LENGTH) + BODY, 400),
        (head("{auth}", TYPE, LENGTH, "Host: other") + BODY, 400),
        (head("{auth}", TYPE, LENGTH, "Content-Encoding: gzip") + BODY, 415),
        (head("{auth}", TYPE, "Content-Length: 99999999999"), 413),
        (head("{auth}", "Content-Type: text/plain", LENGTH) + BODY, 415),
        (head("{auth}", LENGTH) + BODY, 415),
        (head("{auth}", TYPE, LENGTH, "Upgrade: websocket", "Connection: upgrade") + BODY, 400),
        (head("{auth}", TYPE, LENGTH, "X-Long: " + "a" * 70_000) + BODY, 400),
        (head("{auth}", TYPE, LENGTH, target=CHAT + " x") + BODY, 400),
        (head("{auth}", TYPE, LENGTH, version="3.0") + BODY, 400),
        (head("{auth}", TYPE, "Transfer-Encoding: chunked") + b"5;\n\r\nabc\r\n", 400),
        (head("{auth}", TYPE, "Transfer-Encoding: chunked") + b"-1\r\nabc\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
    ],
    ids=lambda value: repr(value[34:100]) if isinstance(value, bytes) else "",
)
def test_a_request_that_two_servers_read_differently_is_refused_and_ends_the_connection(
    openai_run: Lent, upstream: Upstream, data: bytes, status: int
) -> None:
    before = len(upstream.seen())
    token = f"Authorization: Bearer {openai_run.token}".encode()
    said = sent(openai_run.gateway.port, data.replace(b"{auth}", token))
    assert said.startswith(b"HTTP/1.1 %d " % status)
    assert said.count(b"HTTP/1.1 ") == 1  # what came behind it is no second request
    assert len(upstream.seen()) == before
    assert openai_run.gateway.requests("acme", openai_run.run) == []


def test_a_chunked_body_is_a_body(openai_run: Lent) -> None:
    token = f"Authorization: Bearer {openai_run.token}"
    said = sent(openai_run.gateway.port, head(token, TYPE, "Connection: close", "Transfer-Encoding: chunked") + CHUNKED)
    assert said.startswith(b"HTTP/1.1 200 ")
    openai_run.ended(1)


def test_a_body_that_grows_too_large_is_refused(openai_run: Lent) -> None:
    body = b'{"x":"' + b"a" * (8 * 1024 * 1024) + b'"}'
    token = f"Authorization: Bearer {openai_run.token}"
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    said = sent(openai_run.gateway.port, head(token, TYPE, "Transfer-Encoding: chunked") + chunk)
    assert said.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("headers", [{"x_api_key": "ovr_" + "A" * 43}, {"x_api_key": ""}])
def test_two_tokens_that_differ_are_none(openai_run: Lent, headers: dict[str, str]) -> None:
    status, said = exchange(openai_run.gateway.port, "POST", CHAT, token=openai_run.token, body=PLAIN, **headers)
    assert (status, said["error"]["code"]) == (401, "unauthorized")


def test_two_tokens_that_are_the_same_are_one(openai_run: Lent) -> None:
    status, _ = exchange(
        openai_run.gateway.port, "POST", CHAT, token=openai_run.token, body=PLAIN, x_api_key=openai_run.token
    )
    assert status == 200


@pytest.mark.parametrize(
    "authorization", ["Bearer ovr_" + "A" * 43, "Bearer ovr_", "Basic b3ZyXw==", "Bearer", "ovr_" + "A" * 43, ""]
)
def test_a_caller_without_a_token_that_is_known_is_refused(gateway: Gateway, authorization: str) -> None:
    status, said = exchange(gateway.port, "POST", CHAT, body=PLAIN, authorization=authorization)
    assert (status, said["error"]["code"]) == (401, "unauthorized")


def test_an_enrolment_is_no_run_token_and_the_other_way_round(
    gateway: Gateway, enrolments: dict[str, str], openai_run: Lent
) -> None:
    assert exchange(gateway.port, "POST", CHAT, token=enrolments["acme"], body=PLAIN)[0] == 401
    assert exchange(gateway.port, "GET", "/orqo/v1/balance", token=openai_run.token)[0] == 401


def test_a_token_is_for_its_provider_and_its_models(lend: Lend) -> None:
    run = lend(models=["openai:gpt-4o"])
    port = run.gateway.port
    other = {"model": "gpt-4o-do-slow", "messages": HELLO}
    assert exchange(port, "POST", CHAT, token=run.token, body=other)[1]["error"]["code"] == "model_not_allowed"
    body = {"model": "claude-test", "max_tokens": 5, "messages": HELLO}
    assert exchange(port, "POST", MESSAGES, token=run.token, body=body)[1]["error"]["code"] == "provider_not_allowed"
    assert exchange(port, "POST", CHAT, token=run.token, body=PLAIN)[0] == 200


def test_a_model_without_a_price_is_refused_and_never_free(openai_run: Lent, upstream: Upstream) -> None:
    before = len(upstream.seen())
    body = {"model": "gpt-99-unheard-of", "messages": HELLO}
    status, said = exchange(openai_run.gateway.port, "POST", CHAT, token=openai_run.token, body=body)
    assert (status, said["error"]["code"]) == (403, "unknown_price")
    assert len(upstream.seen()) == before
