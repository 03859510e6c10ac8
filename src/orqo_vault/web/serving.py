"""Serves the app with uvicorn: on this machine only, unless there is TLS and somebody who checks who comes."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from orqo_vault.errors import SettingsError
from orqo_vault.web.timed_http import TimedProtocol

CONNECTIONS = 100
IDLE_CONNECTION_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate, with its chain, and its key: two PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: any that is free."""
    tls: Tls | None = None


def check_address(address: Address, *, people_are_known: bool) -> None:
    """Raise unless it is safe to listen there. ``people_are_known``: logins are checked before the app, for a team."""
    if _is_this_machine(address.host):
        return
    if address.tls is None:
        raise SettingsError(
            "listening beyond this machine needs TLS", hint="--tls-certificate FILE --tls-key FILE, or 127.0.0.1"
        )
    if not people_are_known:
        raise SettingsError(
            "listening beyond this machine needs people who are known one by one: a code in a terminal is not enough",
            hint="set up web: in the operator's file, with the proxy that checks who comes",
        )


def listen(address: Address) -> socket.socket:
    """Return a socket that is bound there, so that the port is known before the app is made."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # asyncio turns Nagle's delay of 40 ms off where it sees the protocol's number, and 0 is none.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((address.host, address.port))
        found.listen()
    except OSError as error:
        found.close()
        raise SettingsError(f"cannot listen on {address.host}:{address.port}: {error.strerror}") from None
    return found


def origins_of(address: Address, port: int) -> tuple[str, ...]:
    """Return the addresses under which a browser on this machine reaches the site; the first one is shown."""
    scheme = "https" if address.tls else "http"
    hosts = ["[::1]" if address.host == "::1" else address.host]
    if _is_this_machine(address.host):
        hosts.append("localhost")
    return tuple(f"{scheme}://{host}:{port}" for host in dict.fromkeys(hosts))


def serve(app: ASGIApp, listening: socket.socket, tls: Tls | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Nothing is logged of requests: their bodies hold secrets."""
    server(app, tls).run(sockets=[listening])


def server(app: ASGIApp, tls: Tls | None = None) -> uvicorn.Server:
    """Return the server, with its limits."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=TimedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whoever connects could say anything in them
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE_CONNECTION_SECONDS,
            timeout_graceful_shutdown=5,
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
        )
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
