"""Requests as HTTP: what two servers could understand differently, or carries what is not metered, is refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from starlette.requests import ClientDisconnect, Request

from orqo_vault.gateway.refusals import RefusedError

ONCE = (b"host", b"content-length", b"content-type", b"content-encoding", b"transfer-encoding", b"authorization",
        b"x-api-key", b"anthropic-version")  # fmt: skip
_JSON = re.compile(rb"application/json(\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)


def check_head(headers: Iterable[tuple[bytes, bytes]], query: bytes) -> None:
    """Refuse a head that is ambiguous, or asks for what is not forwarded."""
    names = [name for name, _ in headers]
    for name in ONCE:
        if names.count(name) > 1:
            raise RefusedError(400, "duplicate_header", f"the header {name.decode()} stands there twice", close=True)
    if b"content-length" in names and b"transfer-encoding" in names:
        raise RefusedError(
            400, "ambiguous_length", "content-length and transfer-encoding stand beside each other", close=True
        )
    if b"content-encoding" in names:
        raise RefusedError(415, "compressed_body", "a compressed body is refused", close=True)
    if b"upgrade" in names:
        raise RefusedError(400, "upgrade", "an upgrade is refused", close=True)
    if query:
        raise RefusedError(400, "query_string", "a query string is refused", close=True)


async def body_of(request: Request, *, most: int, seconds: float) -> bytes:
    """Return the body; one that is too large, comes too slowly or is no JSON by its type is refused."""
    if not _JSON.fullmatch(request.headers.get("content-type", "").encode("latin-1")):
        raise RefusedError(415, "content_type", "the body must be application/json", close=True)
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise RefusedError(408, "slow_body", f"the body did not come within {seconds:g} s", close=True) from None
    except ClientDisconnect:
        raise RefusedError(400, "cut_body", "the caller left before the body was there", close=True) from None
    return bytes(body)


def _too_large(most: int) -> RefusedError:
    return RefusedError(413, "body_too_large", f"the body has more than {most} bytes", close=True)
