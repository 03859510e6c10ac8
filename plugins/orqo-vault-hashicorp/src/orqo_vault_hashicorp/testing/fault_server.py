"""A server that misbehaves exactly as a test tells it to, on loopback, over plain HTTP or TLS."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

Body = dict[str, Any] | bytes
REASON = "said by a test"


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Behaviour = Callable[[Seen], bytes | Iterator[bytes]]
"""What to send for a request: bytes, or pieces, one by one. An empty answer cuts the connection."""


def answer(status: int, body: Body = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole, well-formed HTTP answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} {REASON}\r\n{lines}\r\n".encode() + content


def kv2(fields: Mapping[str, Any], version: int = 1) -> bytes:
    """Return the answer to a KV version 2 read."""
    return answer(200, {"data": {"data": dict(fields), "metadata": {"version": version}}})


def slowly(pieces: bytes, stopped: threading.Event, pause: float = 0.05) -> Iterator[bytes]:
    """Send one byte at a time, for as long as the test runs."""
    for piece in pieces:
        if stopped.wait(pause):
            return
        yield bytes([piece])


def times(count: int, first: bytes, then: bytes) -> Behaviour:
    """Answer so often with the one, and from then on with the other."""
    left = [count]

    def behave(seen: Seen) -> bytes:
        left[0] -= 1
        return first if left[0] >= 0 else then

    return behave


class FaultServer:
    """Behaves as told, one thread a connection; ``seen`` keeps every request."""

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self.stopped = threading.Event()
        self._behave = behave
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self.connections: list[socket.socket] = []
        self.idle = threading.Event()
        """Set while the last connection that was served has ended."""

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # Still on its way to accept(), it would accept for whoever gets the descriptor's number next.
        self._accepting.join(timeout=5)
        for each in (self._socket, *self.connections):
            each.close()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self.connections.append(connection)
            self.idle.clear()
            with connection, connection.makefile("rb") as incoming:
                while (seen := _request(incoming)) is not None:
                    self.seen.append(seen)
                    if not self._send(connection, self._behave(seen)):
                        return
        except OSError:
            pass  # the other side has had enough, which is what many a test is about
        finally:
            self.idle.set()

    def _send(self, connection: socket.socket, what: bytes | Iterator[bytes]) -> bool:
        if isinstance(what, bytes):
            connection.sendall(what)
            return bool(what)
        for piece in what:
            connection.sendall(piece)
        return False


def _request(incoming: Any) -> Seen | None:
    first = incoming.readline().split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while (line := incoming.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = incoming.read(int(headers.get("content-length", "0")))
    return Seen(first[0].decode(), first[1].decode(), headers, body)
