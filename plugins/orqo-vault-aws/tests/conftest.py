"""A Secrets Manager to test against, over HTTP: the real answers from moto, the rest from a wire that we hold."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings

from orqo_vault.backend import BackendContext, Deadline, Expected
from orqo_vault.secret import Secret

KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}


@dataclass(frozen=True)
class Moto:
    """The server and what it may be asked to do."""

    address: str

    def forget_everything(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/moto-api/reset", method="POST")).close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """Moto in a process of its own: inside ours it would replace how the SDK sends."""
    log = tmp_path_factory.mktemp("moto") / "log"
    port = _free_port()
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=out,
            stderr=out,
        )
    moto = Moto(f"http://127.0.0.1:{port}")
    try:
        _wait_for(moto, server, log)
        yield moto
    finally:
        server.kill()
        server.wait()


def _wait_for(moto: Moto, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            moto.forget_everything()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"moto does not answer: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def moto(moto_server: Moto) -> Moto:
    """Moto with nothing in it."""
    moto_server.forget_everything()
    return moto_server


@dataclass
class Surroundings:
    """Makes contexts whose environment is only what the test says."""

    root: Path
    said: list[str] = field(default_factory=list)

    def context(self, environ: dict[str, str] | None = None, **more: Any) -> BackendContext:
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return BackendContext(
            name="aws",
            base_dir=self.root,
            state_dir=self.root / "state",
            config_dir=self.root / "config",
            environ={"HOME": str(home), **(environ or {})},
            notify=self.said.append,
            **more,
        )


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path)


@pytest.fixture
def aws_context(moto: Moto, around: Surroundings) -> Callable[..., BackendContext]:
    """Makes contexts that are logged in to moto."""

    def make(address: str = moto.address, **environ: str) -> BackendContext:
        return around.context({**KEYS, "AWS_ENDPOINT_URL": address, **environ})

    return make


@dataclass
class Call:
    """One request that went over the wire."""

    operation: str
    parameters: dict[str, Any]
    headers: dict[str, str]


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
            self.upstream.request(
                "POST", self.path, body, {n: v for n, v in self.headers.items() if n.lower() != "host"}
            )
            response = self.upstream.getresponse()
            return response.status, response.read()

    return Handler


def _call(headers: Any, body: bytes) -> Call:
    target = headers.get("X-Amz-Target")
    if target:
        return Call(target.rpartition(".")[2], json.loads(body), dict(headers))
    form = dict(urllib.parse.parse_qsl(body.decode()))
    return Call(form.get("Action", "?"), form, dict(headers))


@pytest.fixture
def wire(moto: Moto) -> Iterator[Wire]:
    """The way to moto, counted and disturbed as the test says."""
    wire = Wire(moto.address)
    yield wire
    wire.close()


class Account:
    """A backend on the wire, spoken to in paths and plain fields."""

    def __init__(self, backend: AwsBackend, wire: Wire, around: Surroundings) -> None:
        self.backend = backend
        self.wire = wire
        self.around = around

    def soon(self, seconds: float = 30) -> Deadline:
        return Deadline(seconds)

    def put(self, path: str, fields: dict[str, str], if_version: Any = Expected.ANY, **more: Any) -> str:
        reference = AwsReference(path=path, **more)
        return self.backend.write(reference, Secret(fields), if_version=if_version, deadline=self.soon())

    def get(self, path: str, seconds: float = 30, **more: Any) -> dict[str, str] | None:
        stored = self.backend.read(AwsReference(path=path, **more), deadline=self.soon(seconds))
        return stored.secret.reveal() if stored is not None else None

    def get_all(self, *paths: str) -> dict[str, dict[str, str]]:
        found = self.backend.read_many([AwsReference(path=path) for path in paths], deadline=self.soon())
        return {str(reference): stored.secret.reveal() for reference, stored in found.items()}

    def delete(self, path: str, **more: Any) -> bool:
        return self.backend.delete(AwsReference(path=path), deadline=self.soon(), **more)

    def raw(self, operation: str, **parameters: Any) -> Any:
        """What somebody else would do, past the wire."""
        headers = {
            "X-Amz-Target": f"secretsmanager.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-central-1/secretsmanager/aws4_request",
        }
        connection = HTTPConnection(self.wire.target)
        try:
            connection.request("POST", "/", json.dumps(parameters), headers)
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        finally:
            connection.close()
        assert response.status == 200, answer
        return answer


@pytest.fixture
def open_account(
    wire: Wire, around: Surroundings, aws_context: Callable[..., BackendContext]
) -> Iterator[Callable[..., Account]]:
    """Opens backends on the wire with the given settings; ``environ`` is added to the usual one."""
    opened: list[AwsBackend] = []

    def make(environ: dict[str, str] | None = None, **settings: Any) -> Account:
        backend = AwsBackend(AwsSettings(**settings), aws_context(wire.address, **(environ or {})))
        opened.append(backend)
        return Account(backend, wire, around)

    yield make
    for backend in opened:
        backend.close()


@pytest.fixture
def account(open_account: Callable[..., Account]) -> Account:
    return open_account()
