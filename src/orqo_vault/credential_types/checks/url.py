"""Addresses of web endpoints."""

from __future__ import annotations

from orqo_vault.credential_types.checks.host import check_host
from orqo_vault.credential_types.checks.port import check_port


def check_url(value: str) -> None:
    """Accept an absolute http or https URL without user, password and fragment."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise ValueError("is not a URL: it starts with https:// or http://")
    if not value.isprintable() or " " in value or "\\" in value:
        raise ValueError("is not a URL: it has a space, a backslash or a control character")
    if "#" in rest:
        raise ValueError("has a fragment (#…), which is never sent to a server")
    # By hand: urllib's own complaints quote the address, and it may hold a password.
    authority = rest.split("/", 1)[0].split("?", 1)[0]
    if "@" in authority:
        raise ValueError("has a user or a password in it; those are fields of their own")
    host, port = _host_and_port(authority)
    if not host:
        raise ValueError("is not a URL: it names no host")
    check_host(host)
    if port is not None:
        check_port(port)


def _host_and_port(authority: str) -> tuple[str, str | None]:
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket or ":" not in host or (rest and not rest.startswith(":")):
            raise ValueError("is not a URL: its brackets hold no IPv6 address")
        return host, rest[1:] if rest else None
    host, colon, port = authority.partition(":")
    return host, port if colon else None
