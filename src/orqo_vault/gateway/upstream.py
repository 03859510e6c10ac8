"""The one HTTP client to the providers: no proxy from the environment, no redirects, no cookies, nothing decoded."""

from __future__ import annotations

import aiohttp

from orqo_vault.gateway.limits import Limits
from orqo_vault.version import __version__

_IDLE_SECONDS = 15
"""Shorter than providers keep a connection open, so that none is used that the other side has just left."""


def upstream_client(limits: Limits) -> aiohttp.ClientSession:
    """Return a client. aiohttp repeats no POST, which would be a charge that nobody made a reference for."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(
            total=None, sock_connect=limits.connect_seconds, sock_read=limits.silence_seconds
        ),
        trust_env=False,
        auto_decompress=False,
        raise_for_status=False,
        headers={"user-agent": f"orqo-vault-gateway/{__version__}", "accept-encoding": "identity"},
    )
