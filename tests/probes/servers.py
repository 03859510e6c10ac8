"""Servers on this machine that answer as they are told, with a certificate of a CA that only the tests know."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[Asked], Reply]


class Website:
    """A server that remembers what it was asked and answers as ``behave`` says."""

    def __init__(self, scheme: str, port: int) -> None:
        self.url = f"{scheme}://localhost:{port}"
        self.port = port
        self.asked: list[Asked] = []
        self.behave: Behaviour = lambda asked: Reply()

    def answers(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        self.behave = lambda asked: Reply(status, body, headers)


@contextmanager
def website(certificate: trustme.LeafCert | None) -> Iterator[Website]:
    """Serve until the block ends; with a certificate over TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked = Asked(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
            site.asked.append(asked)
            reply = site.behave(asked)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_POST = do_HEAD = do_GET  # noqa: N815  # the names http.server looks for

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that does not like the certificate goes away

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site = Website("https" if certificate else "http", server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ca_file(ca: trustme.CA, folder: Path) -> Path:
    """Write the CA's certificate as a settings file names it."""
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return path
