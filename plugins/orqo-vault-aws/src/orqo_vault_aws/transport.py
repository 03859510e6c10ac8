"""Sends the SDK's requests: one pool of connections, no redirects, an end to how much and how long is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from urllib3.exceptions import HTTPError
from urllib3.exceptions import ReadTimeoutError as PoolReadTimeoutError

from orqo_vault.backend import Deadline

CONNECT_SECONDS = 2
READ_SECONDS = 5
CONNECTIONS = 32
LARGEST = 16 * 1024 * 1024  # bytes: 20 secrets of 64 KiB, every character escaped, fit more than once
PIECE = 64 * 1024

ENDS: ContextVar[Deadline | None] = ContextVar("ENDS", default=None)
"""When the request of this thread must have ended."""


class Transport:
    """What the SDK's ``before-send`` event is answered with: the response itself, so that the SDK sends nothing."""

    def __init__(self, verify: str | bool, proxies: Callable[[str], Mapping[str, str]]) -> None:
        self._verify = verify
        self._proxies = proxies
        self._sessions: dict[tuple[tuple[str, str], ...], URLLib3Session] = {}

    def send(self, request: Any, **event: Any) -> AWSResponse:
        """Send a prepared request and return its whole response."""
        request.stream_output = True  # leaves the body to us
        response = self._session(self._proxies(request.url)).send(request)
        body = b"".join(_pieces(response.raw, request.url))
        return AWSResponse(response.url, response.status_code, response.headers, _Read(body))

    def _session(self, proxies: Mapping[str, str]) -> URLLib3Session:
        key = tuple(sorted(proxies.items()))
        found = self._sessions.get(key)
        if found is None:
            made = URLLib3Session(
                verify=self._verify,
                proxies=dict(proxies),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                max_pool_connections=CONNECTIONS,
            )
            found = self._sessions.setdefault(key, made)
        return found

    def close(self) -> None:
        """Close the connections that are idle."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.close()


class _Read:
    """A body that is already here, as the SDK reads one."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def _pieces(raw: Any, address: str) -> Iterator[bytes]:
    """Yield the body as it comes; a server that drips or never ends is left."""
    ends, length = ENDS.get(), 0
    while piece := _piece(raw, address):
        length += len(piece)
        if length > LARGEST:
            raw.close()
            raise HTTPClientError(error="the answer is too large")
        if ends is not None and ends.passed:
            raw.close()
            raise ReadTimeoutError(endpoint_url=address)
        yield piece
    raw.release_conn()


def _piece(raw: Any, address: str) -> bytes:
    try:
        piece: bytes = raw.read1(PIECE)
    except PoolReadTimeoutError as error:
        raise ReadTimeoutError(endpoint_url=address, error=error) from None
    except HTTPError as error:
        raise ConnectionClosedError(endpoint_url=address, error=error) from None
    return piece
