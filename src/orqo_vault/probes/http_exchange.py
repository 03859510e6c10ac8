"""One HTTP request and its answer: no redirect is followed, no proxy of the environment used, no cookie kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from orqo_vault.probes.connection import connected, encrypted
from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.version import __version__

MAX_BODY = 64 * 1024
"""What is read of an answer; a model list may be larger, and its status has been seen by then."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. The URL comes from the declaration or from the table of presets, and holds no secret."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    limit: int = MAX_BODY
    """How much of the answer is read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes = field(repr=False)
    """At most the request's limit of it."""


def exchange(request: Request, subject: Subject) -> Reply:
    """Send the request and return the answer, or end the test where there is none."""
    if not request.url.isascii():
        raise StoppedError(Answer(Outcome.REFUSED, "its address has a character that no URL has"))
    parts = urlsplit(request.url)
    host, is_encrypted = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if is_encrypted else 80)
    headers = {"User-Agent": f"orqo-vault/{__version__}", "Accept": "application/json", **request.headers}
    for name, value in headers.items():
        _refuse_unfit(name, value)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with connected(host, port, subject.deadline, in_clear=not is_encrypted) as plain:
        connection = _Https(host, port) if is_encrypted else HTTPConnection(host, port)
        # Given a socket, it opens none of its own, and so asks neither resolver nor proxy.
        connection.sock = encrypted(plain, host, subject) if is_encrypted else plain
        try:
            connection.request(request.method, target, body=request.body, headers=headers)
            response = connection.getresponse()
            reply = Reply(response.status, response.read(request.limit))
            said = ""
        except HTTPException as error:
            said = f"what answers does not speak HTTP ({type(error).__name__})"
        finally:
            connection.close()
    if subject.deadline.passed:  # the connection was cut from here, and half an answer can look like a whole one
        said = f"no answer within {subject.deadline.seconds:g} s"
    if said:
        raise StoppedError(Answer(Outcome.UNREACHABLE, f"{host}:{port}: {said}"))
    return reply


class _Https(HTTPConnection):
    """Names the port in ``Host:`` where it is not the usual one; the encryption is ours."""

    default_port = 443


def _refuse_unfit(name: str, value: str) -> None:
    # http.client's own complaint quotes the value.
    if value.isascii() and value.isprintable():
        return
    if value.rstrip("\r\n").isascii() and value.rstrip("\r\n").isprintable():
        reason = "the value ends in a line end, which no header can carry: store it without"
    else:
        reason = "the value has a character that no header can carry"
    raise StoppedError(Answer(Outcome.FAILING, f"{name}: {reason}"))
