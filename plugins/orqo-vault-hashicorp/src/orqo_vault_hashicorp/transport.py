"""Sends requests over kept-alive connections: no redirects, no ~/.netrc, no proxies of the environment.

One pool for all threads of a process, a new one after a fork. What is read is bounded in time and in size.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendError
from orqo_vault_hashicorp.address import Address
from orqo_vault_hashicorp.bounded_socket import bounded_by, connect
from orqo_vault_hashicorp.call import Answer
from orqo_vault_hashicorp.tls import Trust, tls_context

MAX_BODY = 16 * 1024 * 1024
"""Far above any secret and any list; a body that never ends is not read to its end."""

CONNECT_SECONDS = 5.0
"""A host that does not even answer is given up before the deadline, so that there is time to try again."""


class _Connection(HTTPConnection):
    def _new_conn(self) -> Any:
        return connect(self._dns_host, self.port or 0, CONNECT_SECONDS)


class _TLSConnection(HTTPSConnection):
    def _new_conn(self) -> Any:
        return connect(self._dns_host, self.port or 0, CONNECT_SECONDS)


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class Transport:
    """The connections to one address."""

    def __init__(self, address: Address, trust: Trust, connections: int) -> None:
        self.address = address
        self._trust = trust
        self._connections = connections
        self._lock = threading.Lock()
        self._pool: urllib3.HTTPConnectionPool | None = None

    def send(
        self, verb: str, target: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Answer:
        """Send one request once. Raises urllib3's errors, and TimeoutError when the deadline passes."""
        pool = self._pool or self._opened()
        with bounded_by(deadline):
            response = pool.urlopen(
                verb,
                self.address.prefix + target,
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                timeout=deadline.remaining() or 0.001,
                pool_timeout=deadline.remaining(),  # type: ignore[arg-type]  # a queue waits fractions too
                preload_content=False,
                decode_content=False,
            )
            try:
                content = response.read(MAX_BODY + 1)
                if len(content) > MAX_BODY:
                    raise BackendError(f"{self.address} answers with more than {MAX_BODY >> 20} MiB")
                if response.length_remaining or not response.headers:
                    # Both libraries below take a connection that was cut for the end of a short answer.
                    raise urllib3.exceptions.ProtocolError("the answer was cut")
            except BaseException:
                response.close()  # the rest of that answer must not become the start of the next
                raise
            response.release_conn()
        return Answer(response.status, response.headers, content)

    def close(self) -> None:
        """Close the idle connections; the next request opens new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _opened(self) -> urllib3.HTTPConnectionPool:
        with self._lock:
            if self._pool is None:
                self._pool = self._make_pool()
            return self._pool

    def _make_pool(self) -> urllib3.HTTPConnectionPool:
        options: dict[str, Any] = {"maxsize": self._connections, "block": True}
        if not self.address.encrypted:
            return _Pool(self.address.host, self.address.port, **options)
        if self._trust.server_name:
            options["server_hostname"] = self._trust.server_name
        return _TLSPool(self.address.host, self.address.port, ssl_context=tls_context(self._trust), **options)
