"""A gateway's control plane over real HTTP, which answers as a test wants and remembers what it was asked."""

from __future__ import annotations

import json
import queue
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "ovr_" + "T0ken" * 9
ENROLMENT = "ove_" + "En01" * 11


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    authorization: str | None
    body: Any


@dataclass
class StandIn:
    """The server. ``answers`` replaces what it would say: verb → (status, headers, body)."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    heartbeat_seconds: float = 60
    asked: list[Asked] = field(default_factory=list)
    news: queue.Queue[str] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                said = json.loads(body) if body else None
                path = self.path
                stand_in.asked.append(Asked(self.command, path, self.headers.get("Authorization"), said))
                verb = _verb(self.command, path)
                status, headers, content = stand_in.answers.get(verb) or stand_in.usual(verb)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                stand_in.news.put(verb)

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815  # http.server looks for these names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def usual(self, verb: str) -> tuple[int, dict[str, str], bytes]:
        said: dict[str, Any] = {
            "begin": {
                "token": TOKEN,
                "base_url": f"{self.address}/openai/v1",
                "expires_at": "2027-01-01T00:00:00Z",
                "heartbeat_seconds": self.heartbeat_seconds,
                "budget": 1_000_000,
            },
            "heartbeat": {"expires_at": "2027-01-01T00:00:00Z"},
            "balance": {"organization": "acme", "balance": 5, "held": 1, "available": 4, "usage": []},
        }
        status = {"begin": 201, "end": 204}.get(verb, 200)
        return status, {}, b"" if verb == "end" else json.dumps(said[verb]).encode()

    def verbs(self) -> list[str]:
        """Return what was asked so far."""
        return [_verb(each.method, each.path) for each in self.asked]

    def wait_for(self, verb: str) -> None:
        """Wait until it has been asked for that, and has answered."""
        while self.news.get(timeout=30) != verb:
            pass

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def refusal(status: int, code: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
    """Return an answer that refuses, in the form of the control plane."""
    return status, {}, json.dumps({"error": {"code": code, "message": TOKEN, **more}}).encode()


def _verb(method: str, path: str) -> str:
    if path.endswith("/heartbeat"):
        return "heartbeat"
    return {"POST": "begin", "DELETE": "end", "GET": "balance"}[method]
