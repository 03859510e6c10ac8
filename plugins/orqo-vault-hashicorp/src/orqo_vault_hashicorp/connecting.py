"""Opens one connection: name, TCP, TLS, all of it within what is left of a deadline."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault_hashicorp.address import Address

CONNECT_SECONDS = 5.0
"""A host that does not even answer is given up before the deadline, so that there is time to try again."""


class NotConnectedError(Exception):
    """There is no connection, so the server cannot have seen the request. ``cause`` is the reason."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


def connect(address: Address, tls: ssl.SSLContext | None, server_name: str | None, deadline: Deadline) -> socket.socket:
    """Return an open connection to the first of the host's addresses that answers."""
    until = Deadline(min(CONNECT_SECONDS, deadline.remaining()))
    try:
        plain = _tcp(address, until)
        if tls is None:
            return plain
        try:
            plain.settimeout(_left(until))  # of the whole handshake
            return tls.wrap_socket(plain, server_hostname=server_name or address.host)
        except BaseException:
            plain.close()
            raise
    except OSError as error:
        raise NotConnectedError(error) from None


def _tcp(address: Address, until: Deadline) -> socket.socket:
    refused: OSError = TimeoutError("no address answered")
    for family, kind, protocol, _, place in _resolved(address, until):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(until))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # 1.6 against 43 ms on a small write
            connection.connect(place)
        except OSError as error:
            connection.close()
            refused = error
        else:
            return connection
    raise refused


def _resolved(address: Address, until: Deadline) -> list[Any]:
    """Resolve in a thread of its own: getaddrinfo knows no timeout, and a dead name server takes half a minute."""
    found: list[Any] = []
    failed: list[OSError] = []

    def resolve() -> None:
        try:
            found.extend(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
        except OSError as error:
            failed.append(error)

    if address.host.replace(".", "").isdecimal() or ":" in address.host:
        resolve()  # an address needs no name server, and no thread
    else:
        thread = threading.Thread(target=resolve, name="orqo-vault-resolve", daemon=True)
        thread.start()
        thread.join(until.remaining())
        if thread.is_alive():
            raise TimeoutError("the name was not resolved in time")
    if failed:
        raise failed[0]
    return found


def _left(until: Deadline) -> float:
    return max(until.remaining(), 0.001)
