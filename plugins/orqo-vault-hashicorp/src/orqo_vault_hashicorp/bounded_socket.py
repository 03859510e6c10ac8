"""Sockets whose every wait ends at the deadline of the thread that uses them.

A timeout counts anew with each byte, so a server that sends one byte a second holds a reader for ever. These set
what is left of the deadline before each receive: headers, chunks and bodies together cannot outlast it.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orqo_vault.backend import Deadline


class _OfThread(threading.local):
    deadline: Deadline | None = None


_of_thread = _OfThread()


@contextmanager
def bounded_by(deadline: Deadline) -> Iterator[None]:
    """Bound every wait of this thread's sockets until the block ends."""
    before, _of_thread.deadline = _of_thread.deadline, deadline
    try:
        yield
    finally:
        _of_thread.deadline = before


def seconds_left() -> float:
    """Return what is left for this thread, or raise TimeoutError when nothing is."""
    deadline = _of_thread.deadline
    left = deadline.remaining() if deadline is not None else 0.0
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


class BoundedSocket(socket.socket):
    """A TCP connection that keeps the deadline."""

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        self.settimeout(seconds_left())
        return super().recv_into(*arguments, **named)

    def sendall(self, *arguments: Any, **named: Any) -> None:
        self.settimeout(seconds_left())
        super().sendall(*arguments, **named)


class BoundedTLSSocket(ssl.SSLSocket):
    """A TLS connection that keeps the deadline."""

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        self.settimeout(seconds_left())
        return super().recv_into(*arguments, **named)

    def sendall(self, *arguments: Any, **named: Any) -> None:
        self.settimeout(seconds_left())
        super().sendall(*arguments, **named)


def connect(host: str, port: int, at_most: float) -> BoundedSocket:
    """Connect to the first of the host's addresses that answers, within ``at_most`` seconds and the deadline."""
    until = Deadline(min(at_most, seconds_left()))
    refused: OSError = TimeoutError("no address answered")
    for family, kind, protocol, _, place in _resolved(host, port, until):
        connection = BoundedSocket(family, kind, protocol)
        try:
            connection.settimeout(max(until.remaining(), 0.001))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # 1.6 against 43 ms on a small write
            connection.connect(place)
        except OSError as error:
            connection.close()
            refused = error
        else:
            return connection
    raise refused


def _resolved(host: str, port: int, until: Deadline) -> list[Any]:
    """Resolve in a thread of its own: getaddrinfo knows no timeout, and a dead name server takes half a minute."""
    found: list[Any] = []
    failed: list[OSError] = []

    def resolve() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=resolve, name="orqo-vault-resolve", daemon=True)
    thread.start()
    thread.join(until.remaining())
    if failed:
        raise failed[0]
    if thread.is_alive():
        raise TimeoutError("the name was not resolved in time")
    return found
