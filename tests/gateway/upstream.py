"""A provider that speaks both wire formats and counts by itself what it is owed. Run as a process of its own.

What it does with a request stands in the request: in the model's name behind ``do-``. ``/counted`` says what it
counted, ``/seen`` what it was sent.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

WORDS = ["the ", "quick ", "brown ", "fox "]
counted: list[dict[str, Any]] = []
seen: list[dict[str, Any]] = []
in_flight: dict[str, int] = {"now": 0, "most": 0}
key = {"accepted": os.environ["UPSTREAM_KEY"]}


def authorized(request: Request) -> bool:
    sent = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    return sent == key["accepted"]


def refusal(status: int, request: Request) -> Response:
    """Refuse as a careless provider would: with the key and the account in its words."""
    message = f"organization org-platform, key {key['accepted']}, model refused"
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": "nope"}}
    if "messages" in request.url.path:
        body = {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
    return JSONResponse(body, status_code=status, headers={"retry-after": "1", "set-cookie": "a=b", "server": "up"})


async def handled(request: Request) -> tuple[dict[str, Any], str, Response | None]:
    """Return the body, what to do, and an answer that is no answer."""
    body = await request.json()
    seen.append({"path": request.url.path, "headers": dict(request.headers), "body": body})
    act = body["model"].partition("do-")[2]
    if not authorized(request) or act == "401":
        return body, act, refusal(401, request)
    if act in ("400", "403", "404", "429", "500", "503", "504"):
        return body, act, refusal(int(act), request)
    if act == "plain400":
        said = {"error": {"message": "max_tokens is too large", "type": "invalid_request_error", "code": "big"}}
        return body, act, JSONResponse(said, status_code=400)
    if act == "307":
        return body, act, RedirectResponse("/elsewhere", status_code=307)
    if act == "html":
        return body, act, Response("<html>hello</html>", media_type="text/html")
    return body, act, None


def usage(body: dict[str, Any], act: str) -> tuple[int, int]:
    """Return input and output tokens; the input is what was sent, the output its words, or far too many."""
    output = 50_000 if act == "greedy" else len(WORDS) * (body.get("n") or 1)
    return len(json.dumps(body["messages"])) // 4 + 1, output


def owed(body: dict[str, Any], input_tokens: int, output_tokens: int) -> None:
    counted.append({"model": body["model"], "input": input_tokens, "output": output_tokens})


async def chat(request: Request) -> Response:
    body, act, refused = await handled(request)
    if refused is not None:
        return refused
    used, made = usage(body, act)
    figures = {"prompt_tokens": used, "completion_tokens": made, "total_tokens": used + made}
    if not body.get("stream"):
        owed(body, used, made)
        if act == "cut":
            os.write(2, b"cutting\n")
            return StreamingResponse(broken(b'{"id": "x", "usage": '), media_type="application/json")
        choices = [
            {"index": n, "finish_reason": "stop", "message": {"role": "assistant", "content": "".join(WORDS)}}
            for n in range(body.get("n") or 1)
        ]
        said = {"id": "c-1", "object": "chat.completion", "created": 1, "model": body["model"]}
        return JSONResponse({**said, "choices": choices, "usage": None if act == "mute" else figures})

    async def stream() -> Any:
        head = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
        with_usage = (body.get("stream_options") or {}).get("include_usage")
        owed(body, used, made)  # it is owed from here on, whoever listens
        async for word in spoken(act):
            delta = {"index": 0, "delta": {"content": word}, "finish_reason": None}
            more = {"usage": None} if with_usage else {}
            yield event({**head, "choices": [delta], **more})
        if act == "cut":
            raise ConnectionResetError
        yield event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        if with_usage and act != "mute":
            yield event({**head, "choices": [], "usage": figures})
        yield b"data: [DONE]\n\n"

    return StreamingResponse(counted_in(stream()), media_type="text/event-stream")


async def messages(request: Request) -> Response:
    body, act, refused = await handled(request)
    if refused is not None:
        return refused
    used, made = usage(body, act)
    cached = 3
    said = {"id": "m-1", "type": "message", "role": "assistant", "model": body["model"], "stop_sequence": None}
    figures = {"input_tokens": used, "cache_read_input_tokens": cached, "cache_creation_input_tokens": 0}
    owed(body, used + cached, made)
    if not body.get("stream"):
        content = [{"type": "text", "text": "".join(WORDS)}]
        figures["output_tokens"] = made
        return JSONResponse({**said, "content": content, "stop_reason": "end_turn", "usage": figures})

    async def stream() -> Any:
        start = {**said, "content": [], "stop_reason": None, "usage": {**figures, "output_tokens": 1}}
        yield named("message_start", {"message": start})
        yield named("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})
        async for word in spoken(act):
            yield named("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": word}})
        if act == "cut":
            raise ConnectionResetError
        yield named("content_block_stop", {"index": 0})
        middle = {"delta": {"stop_reason": None, "stop_sequence": None}, "usage": {"output_tokens": made - 1}}
        yield named("message_delta", middle)
        end = {"delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": made}}
        yield named("message_delta", end)
        yield named("message_stop", {})

    return StreamingResponse(counted_in(stream()), media_type="text/event-stream")


async def spoken(act: str) -> Any:
    """Say the words; some take their time, some wait to be killed."""
    for word in WORDS:
        yield 'a "usage":{"prompt_tokens":1,"completion_tokens":1} trap ' if act == "trap" else word
        if act == "slow":
            await asyncio.sleep(0.05)
        if act == "slower":
            await asyncio.sleep(1)
        if act == "hang":
            await asyncio.sleep(3600)
    if act == "wide":  # more than all buffers on the way hold
        for _ in range(64):
            yield "x" * 256 * 1024
    if act.startswith("long"):
        for number in range(int(act.removeprefix("long"))):
            yield f"word{number} "


async def counted_in(stream: Any) -> Any:
    in_flight["now"] += 1
    in_flight["most"] = max(in_flight.values())
    try:
        async for piece in stream:
            yield piece
    finally:
        in_flight["now"] -= 1


async def broken(data: bytes) -> Any:
    yield data
    raise ConnectionResetError


def event(data: Any) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def named(name: str, data: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + json.dumps({"type": name, **data}).encode() + b"\n\n"


async def say_counted(_: Request) -> Response:
    return JSONResponse(counted)


async def say_seen(_: Request) -> Response:
    return JSONResponse({"seen": seen, "in_flight": in_flight})


async def change_key(request: Request) -> Response:
    key["accepted"] = (await request.json())["key"]
    return JSONResponse({})


async def elsewhere(request: Request) -> Response:
    seen.append({"path": request.url.path, "headers": dict(request.headers), "body": None})
    return JSONResponse({})


app = Starlette(
    routes=[
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/messages", messages, methods=["POST"]),
        Route("/counted", say_counted),
        Route("/seen", say_seen),
        Route("/key", change_key, methods=["POST"]),
        Route("/elsewhere", elsewhere, methods=["GET", "POST"]),
    ]
)

if __name__ == "__main__":
    import socket

    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    os.write(1, f"{listener.getsockname()[1]}\n".encode())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off")).run(sockets=[listener])
