"""A way to the service that counts what goes over it, and fails as it is told."""

from __future__ import annotations

import json
import ssl
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DENIED = "AccessDeniedException"
HOP = ("host", "content-length")
"""Headers that are about one hop and not the request."""


@dataclass
class Call:
    """One request that went over the wire."""

    operation: str
    parameters: dict[str, Any]
    headers: dict[str, str]

    @property
    def key(self) -> str:
        """The access key that signed it."""
        return self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]


@dataclass
class Trouble:
    """What the wire does instead of carrying a request."""

    operation: str
    times: int
    act: Callable[[Any, Call], bool]
    """Gets the handler; True: the request is carried all the same."""


class Wire:
    """A loopback address that carries requests to moto, counts them, and fails as told."""

    def __init__(self, target: str) -> None:
        self.target = urllib.parse.urlsplit(target).netloc
        self.calls: list[Call] = []
        self.connections = 0
        self.troubles: list[Trouble] = []
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def speak_tls(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.address = self.address.replace("http:", "https:")

    def close(self) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()

    def counted(self) -> Counter[str]:
        """How often each operation was asked for."""
        return Counter(call.operation for call in self.calls)

    def to(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    def disturb(self, operation: str, act: Callable[[Any, Call], bool], times: int = 1) -> None:
        """Let the next requests for that operation (``*``: any) meet with ``act``."""
        self.troubles.append(Trouble(operation, times, act))

    def refuse(self, operation: str, status: int, code: str = "", *, times: int = 1, message: str = "no") -> None:
        body = json.dumps({"__type": code, "message": message}).encode() if code else b""
        self.disturb(operation, lambda handler, call: _reply(handler, status, body), times)

    def reply(self, operation: str, body: Any, *, times: int = 1) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.disturb(operation, lambda handler, call: _reply(handler, 200, raw), times)

    def deny(self, secret_ids: list[str]) -> None:
        """Be the IAM that moto does not have: refuse to read these, alone and as items of a batch."""

        def alone(handler: Any, call: Call) -> bool:
            if call.parameters["SecretId"] not in secret_ids:
                return True
            return _reply(handler, 400, json.dumps({"__type": DENIED, "message": "no"}).encode())

        def in_a_batch(handler: Any, call: Call) -> bool:
            asked = call.parameters["SecretIdList"]
            rest = [secret_id for secret_id in asked if secret_id not in secret_ids]
            _, body = handler.ask_upstream(json.dumps({"SecretIdList": rest}).encode())
            answer = json.loads(body)
            refused = [secret_id for secret_id in asked if secret_id in secret_ids]
            answer["Errors"] += [{"SecretId": each, "ErrorCode": DENIED, "Message": "no"} for each in refused]
            return _reply(handler, 200, json.dumps(answer).encode())

        self.disturb("GetSecretValue", alone, times=1000)
        self.disturb("BatchGetSecretValue", in_a_batch, times=1000)

    def trouble_for(self, call: Call) -> Trouble | None:
        with self._lock:
            self.calls.append(call)
            for trouble in self.troubles:
                if trouble.times and trouble.operation in ("*", call.operation):
                    trouble.times -= 1
                    return trouble
        return None

    def connected(self) -> None:
        with self._lock:
            self.connections += 1


def _reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> bool:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
    return False


def _handler_for(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            wire.connected()
            self.upstream = HTTPConnection(wire.target)

        def handle(self) -> None:
            with suppress(OSError):  # of TLS too: the client may not trust us
                super().handle()

        def finish(self) -> None:
            self.upstream.close()
            with suppress(OSError):
                super().finish()

        def log_message(self, *args: Any) -> None:
            """Nothing: requests are counted, not printed."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            call = _call(self.headers, body)
            trouble = wire.trouble_for(call)
            with suppress(OSError):  # the client may be gone
                if trouble is None or trouble.act(self, call):
                    self.carry(body)

        def do_GET(self) -> None:
            trouble = wire.trouble_for(Call(self.path, {}, dict(self.headers)))
            if trouble is None or trouble.act(self, Call(self.path, {}, {})):
                _reply(self, 404, b"")

        do_PUT = do_GET  # noqa: N815  # the name that http.server looks for

        def carry(self, body: bytes) -> None:
            _reply(self, *self.ask_upstream(body))

        def ask_upstream(self, body: bytes) -> tuple[int, bytes]:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            self.upstream.request("POST", self.path, body, kept)
            response = self.upstream.getresponse()
            return response.status, response.read()

    return Handler


def _call(headers: Any, body: bytes) -> Call:
    target = headers.get("X-Amz-Target")
    if target:
        return Call(target.rpartition(".")[2], json.loads(body), dict(headers))
    form = dict(urllib.parse.parse_qsl(body.decode()))
    return Call(form.get("Action", "?"), form, dict(headers))
