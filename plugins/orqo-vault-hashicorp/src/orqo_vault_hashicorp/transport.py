"""Sends requests over kept-alive connections that all threads of a process share."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendError, SettingsError
from orqo_vault_hashicorp.address import PORTS, Address
from orqo_vault_hashicorp.call import Answer
from orqo_vault_hashicorp.connecting import connect
from orqo_vault_hashicorp.tls import Trust, tls_context
from orqo_vault_hashicorp.wire import MAX_BODY, Connection, TooLargeError


class NoConnectionFreeError(Exception):
    """All connections were in use until the deadline: nothing was sent."""


class Transport:
    """At most ``connections`` connections to one address; idle ones are used again, the latest first."""

    def __init__(self, address: Address, trust: Trust, connections: int) -> None:
        self.address = address
        self._trust = trust
        self._tls: ssl.SSLContext | None = None
        self._tls_lock = threading.Lock()
        self._free = threading.Semaphore(connections)
        self._idle: list[Connection] = []

    def send(
        self, verb: str, target: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Answer:
        """Send one request once.

        Raises NotConnectedError and NoConnectionFreeError when the server cannot have seen it, else OSErrors.
        """
        request = self._request(verb, target, headers, body)
        if not self._free.acquire(timeout=deadline.remaining()):
            raise NoConnectionFreeError
        try:
            connection = self._idle_one() or self._new_one(deadline)
            try:
                return connection.exchange(request, deadline)
            except TooLargeError:
                raise BackendError(f"{self.address} answers with more than {MAX_BODY >> 20} MiB") from None
            finally:
                if connection.reusable:
                    self._idle.append(connection)
                else:
                    connection.close()
        finally:
            self._free.release()

    def certificate_life(self) -> tuple[float, float] | None:
        """Return begin and end of the last idle connection's certificate, None where there is none."""
        return self._idle[-1].certificate_life if self._idle else None

    def close(self) -> None:
        """Close the idle connections; the next request opens new ones."""
        while (connection := self._idle_one()) is not None:
            connection.close()

    def _idle_one(self) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if not connection.stale:
                return connection
            connection.close()

    def _new_one(self, deadline: Deadline) -> Connection:
        tls = self._tls_context() if self.address.encrypted else None
        return Connection(connect(self.address, tls, self._trust.server_name, deadline))

    def _tls_context(self) -> ssl.SSLContext:
        with self._tls_lock:  # made once: reading the system's authorities takes 40 ms
            if self._tls is None:
                self._tls = tls_context(self._trust)
            return self._tls

    def _request(self, verb: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        host = f"[{self.address.host}]" if ":" in self.address.host else self.address.host
        port = "" if self.address.port == PORTS[self.address.scheme] else f":{self.address.port}"
        lines = [f"{verb} {self.address.prefix}{target} HTTP/1.1", f"Host: {host}{port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        head = "\r\n".join(lines)
        if head.count("\n") != len(lines) - 1 or not head.isascii():
            # A line break in a token or a namespace would be one more header, or one more request.
            raise SettingsError(f"{self.address}: the token or the namespace holds what no header may hold")
        return head.encode("ascii") + b"\r\n\r\n" + (body or b"")
