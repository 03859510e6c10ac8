"""HTTP/1.1 over one kept-alive connection: as much of it as this API uses, bounded in time and in size.

The libraries that do it cost three times the whole read, take a connection that was cut for the end of a short
answer, and count their timeout anew with each byte. Here every receive waits for what is left of the deadline.
Redirects, cookies, compression and proxies do not exist.
"""

from __future__ import annotations

import select
import socket
import ssl

from orqo_vault.backend import Deadline
from orqo_vault_hashicorp.call import Answer

MAX_HEAD = 64 * 1024
MAX_BODY = 16 * 1024 * 1024
"""Far above any secret and any list; a body that never ends is not read to its end."""
PIECE = 64 * 1024
MAX_INTERIM = 8
"""Answers with a status of 1xx before the one that counts."""


class CutError(ConnectionError):
    """The connection ended in the middle of an answer."""


class GarbledError(ConnectionError):
    """What came is not HTTP."""


class TooLargeError(Exception):
    """The answer is larger than any that the API gives."""


class Connection:
    """One connection, used by one thread at a time. ``reusable`` is False once nothing more may be sent on it."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._received = b""
        self._poll = select.poll()
        self._poll.register(opened, select.POLLIN)
        self.reusable = True

    @property
    def stale(self) -> bool:
        """Whether the idle connection was closed by the server, or holds what nobody asked for."""
        return bool(self._poll.poll(0))

    @property
    def certificate_life(self) -> tuple[float, float] | None:
        """When the server's certificate began and when it ends, in seconds since 1970; None without TLS."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return None
        about = self._socket.getpeercert() or {}
        begins, ends = (ssl.cert_time_to_seconds(str(about[name])) for name in ("notBefore", "notAfter"))
        return begins, ends

    def close(self) -> None:
        self.reusable = False
        self._socket.close()

    def exchange(self, request: bytes, deadline: Deadline) -> Answer:
        """Send one request and return its answer. After an exception the connection is of no more use."""
        self.reusable = False
        self._socket.settimeout(_left(deadline))
        self._socket.sendall(request)
        for _ in range(MAX_INTERIM):
            version, status, headers = self._head(deadline)
            if status >= 200:
                break
        else:
            raise GarbledError("no final answer")
        body, framed = self._body(status, headers, deadline)
        # Bytes after the answer would be taken for the start of the next one.
        keeps = version == b"HTTP/1.1" and "close" not in headers.get("connection", "").lower()
        self.reusable = framed and keeps and not self._received
        return Answer(status, headers, body)

    def _head(self, deadline: Deadline) -> tuple[bytes, int, dict[str, str]]:
        end = self._received.find(b"\r\n\r\n")
        while end < 0:
            if len(self._received) > MAX_HEAD:
                raise GarbledError("the head of the answer does not end")
            self._receive(deadline)
            end = self._received.find(b"\r\n\r\n")
        first, *lines = self._received[:end].split(b"\r\n")
        self._received = self._received[end + 4 :]
        version, code, *_ = [*first.split(b" ", 2), b"", b""]
        if version not in (b"HTTP/1.1", b"HTTP/1.0") or not code.isdigit() or len(code) != 3:
            raise GarbledError("the answer does not begin like HTTP")
        return version, int(code), _headers(lines)

    def _body(self, status: int, headers: dict[str, str], deadline: Deadline) -> tuple[bytes, bool]:
        """Return the body, and whether its end was marked by something else than the end of the connection."""
        if status in (204, 304):
            return b"", True
        coding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise GarbledError("the answer's length is ambiguous")
            return self._chunks(deadline), True
        if length is not None:
            if not (length.isascii() and length.isdigit()):
                raise GarbledError("the answer's length is no number")
            return self._exactly(_bounded(int(length[:20])), deadline), True
        if not headers:
            raise CutError("the head of the answer was cut")
        return self._to_the_end(deadline), False

    def _chunks(self, deadline: Deadline) -> bytes:
        body = bytearray()
        while True:
            size = self._line(deadline).partition(b";")[0].strip()
            if not size or len(size) > 8 or size.strip(b"0123456789abcdefABCDEF"):
                raise GarbledError("a chunk has no size")
            count = int(size, 16)
            if count == 0:
                while self._line(deadline):
                    pass  # trailers
                return bytes(body)
            _bounded(len(body) + count)
            body += self._exactly(count, deadline)
            if self._line(deadline):
                raise GarbledError("a chunk is longer than its size")

    def _line(self, deadline: Deadline) -> bytes:
        end = self._received.find(b"\r\n")
        while end < 0:
            if len(self._received) > MAX_HEAD:
                raise GarbledError("a line does not end")
            self._receive(deadline)
            end = self._received.find(b"\r\n")
        line, self._received = self._received[:end], self._received[end + 2 :]
        return line

    def _exactly(self, count: int, deadline: Deadline) -> bytes:
        if len(self._received) < count:
            pieces = [self._received]
            missing = count - len(self._received)
            while missing > 0:
                pieces.append(self._next(deadline))
                missing -= len(pieces[-1])
            self._received = b"".join(pieces)
        content, self._received = self._received[:count], self._received[count:]
        return content

    def _to_the_end(self, deadline: Deadline) -> bytes:
        body = bytearray(self._received)
        self._received = b""
        try:
            while True:
                body += self._next(deadline)
                _bounded(len(body))
        except CutError:
            return bytes(body)

    def _receive(self, deadline: Deadline) -> None:
        self._received += self._next(deadline)

    def _next(self, deadline: Deadline) -> bytes:
        self._socket.settimeout(_left(deadline))
        piece = self._socket.recv(PIECE)
        if not piece:
            raise CutError("the connection ended")
        return piece


def _headers(lines: list[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        key = name.lower()
        if not colon or not key or key != key.strip():
            raise GarbledError("a header has no name")
        if key in ("content-length", "transfer-encoding") and found.get(key, value.strip()) != value.strip():
            raise GarbledError("the answer has two lengths")
        found[key] = value.strip()
    return found


def _bounded(size: int) -> int:
    if size > MAX_BODY:
        raise TooLargeError
    return size


def _left(deadline: Deadline) -> float:
    left = deadline.remaining()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left
