"""Stand-ins on loopback for an LLM provider and a mail server; both refuse a wrong credential."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

Server = TypeVar("Server", bound=socketserver.BaseServer)


def serve_llm(token: str) -> ThreadingHTTPServer:
    """Start a chat endpoint that answers only to ``token``; its address is in ``server_address``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            right = self.headers["Authorization"] == f"Bearer {token}"
            body = json.dumps({"choices": [{"message": {"content": "hello"}}]} if right else {"error": "bad key"})
            self.send_response(200 if right else 401)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Stay silent: the demo's output is the engine's."""

    return _started(ThreadingHTTPServer(("127.0.0.1", 0), Handler))


def serve_mail(username: str, password: str) -> socketserver.ThreadingTCPServer:
    """Start a mail server that takes AUTH PLAIN with these two and then one message."""
    expected = base64.b64encode(f"\0{username}\0{password}".encode())

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 demo\r\n")
            while line := self.rfile.readline():
                self.wfile.write(self.answer(line.strip()))
                if line.upper().startswith(b"QUIT"):
                    return

        def answer(self, line: bytes) -> bytes:
            verb = line.upper()[:4]
            if verb == b"EHLO":
                return b"250-demo\r\n250 AUTH PLAIN\r\n"
            if verb == b"AUTH":
                return b"235 welcome\r\n" if line.split()[-1] == expected else b"535 wrong\r\n"
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline().rstrip(b"\r\n") != b".":
                    pass
            return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return _started(server)


def _started(server: Server) -> Server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
