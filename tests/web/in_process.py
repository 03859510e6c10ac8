"""Calls the app without a server or a socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

from tests.web.stage import Answer


@dataclass
class Caller:
    """Sends requests to an ASGI app, from ``peer``."""

    app: ASGIApp
    host: str = "127.0.0.1:8000"
    origin: str = "http://127.0.0.1:8000"
    peer: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)
    below: str = ""
    """What stands before each address of the app, for whoever asks."""

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request and return the answer."""
        content = json.dumps(body).encode() if body is not None else b""
        said = {"host": self.host, "origin": self.origin, "content-type": "application/json"}
        said |= self.headers | {name.replace("_", "-"): text for name, text in headers.items()}
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), text.encode("latin-1")) for name, text in said.items()],
            "client": (self.peer, 40000),
            "server": ("127.0.0.1", 8000),
        }
        sent: list[Message] = []

        bodies = iter([content])

        async def receive() -> Message:
            if next(bodies, None) is None:
                await asyncio.Event().wait()  # whoever asks stays until the answer is there
            return {"type": "http.request", "body": content, "more_body": False}

        async def collect(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, collect)
        names = {name.decode().lower(): text.decode("latin-1") for name, text in sent[0]["headers"]}
        return Answer(sent[0]["status"], names, b"".join(each.get("body", b"") for each in sent[1:]))
