"""A connection that ends with the deadline, whatever the server does, and what can go wrong with one in words."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault.probes.addresses import Address, resolve
from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject


@contextmanager
def connected(host: str, port: int, deadline: Deadline, *, in_clear: bool = False) -> Iterator[socket.socket]:
    """Yield a connection to an address that was checked, or end the test.

    ``in_clear``: what is sent can be read on the way, so the way must not leave this machine.
    """
    with network_errors(f"{host}:{port}", deadline):
        addresses = resolve(host, port, deadline)
        if in_clear and not all(address.ip.is_loopback for address in addresses):
            raise StoppedError(Answer(Outcome.REFUSED, f"{host}: a secret goes to another machine only encrypted"))
        with _first_that_answers(addresses, deadline) as connection, _ended_with(deadline, connection):
            yield connection


def encrypted(connection: socket.socket, host: str, subject: Subject) -> ssl.SSLSocket:
    """Return the connection with TLS on it, the server's name verified."""
    return trust(subject).wrap_socket(connection, server_hostname=host)


def trust(subject: Subject) -> ssl.SSLContext:
    """Return what a server's certificate is checked with: this machine's CAs, or those that ``test: ca_file`` names."""
    named = subject.credential.test.get("ca_file")
    path = subject.base_dir / Path(named).expanduser() if named is not None else None
    try:
        context = ssl.create_default_context(cafile=path)
        # SSLKEYLOGFILE is for who debugs a connection, and this one has a secret in it.
        context.keylog_filename = None  # type: ignore[assignment]  # the stub knows no None
        return context
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror if not isinstance(error, ssl.SSLError) else "it holds no certificate"
    raise StoppedError(Answer(Outcome.REFUSED, f"ca_file {named} cannot be used: {reason}"))


@contextmanager
def network_errors(target: str, deadline: Deadline) -> Iterator[None]:
    """End the test with what went wrong between here and the server; foreign texts are not passed on."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        reason = f"{target}: its certificate is not trusted: {error.verify_message}"
        answer = Answer(Outcome.REFUSED, reason)
    except OSError as error:
        answer = Answer(Outcome.UNREACHABLE, f"{target}: {_said(error, deadline)}")
    else:
        return
    raise StoppedError(answer)


def _said(error: OSError, deadline: Deadline) -> str:
    if deadline.passed or isinstance(error, TimeoutError):
        return f"no answer within {deadline.seconds:g} s"
    if isinstance(error, ssl.SSLError):
        return f"no TLS there ({error.reason or type(error).__name__})"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    return (error.strerror or type(error).__name__).lower()


def _first_that_answers(addresses: list[Address], deadline: Deadline) -> socket.socket:
    last: OSError = TimeoutError()
    for place, address in enumerate(addresses):
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            # An address that swallows packets must leave time for the next one.
            connection.settimeout(max(0.001, deadline.remaining() / (len(addresses) - place)))
            connection.connect(address.where)
        except OSError as error:
            connection.close()
            last = error
            continue
        connection.settimeout(max(0.001, deadline.remaining()))
        return connection
    raise last


@contextmanager
def _ended_with(deadline: Deadline, connection: socket.socket) -> Iterator[None]:
    """Cut the connection when the deadline has come: a server that sends a byte a second meets no time-out of reads."""
    other_end = connection.dup()  # TLS takes over the first one; this one stays as plain as a cable

    def cut() -> None:
        with suppress(OSError):
            other_end.shutdown(socket.SHUT_RDWR)

    timer: Any = threading.Timer(deadline.remaining(), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        other_end.close()
