"""One request to the server's API, and its answer, as this package speaks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

CAPABILITIES = {"GET": "read", "LIST": "list", "POST": "create and update", "PUT": "update", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Call:
    """``path`` is the API path as policies write it: without ``/v1/``, not percent-encoded."""

    method: str
    path: str
    body: Any = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = ()
    repeatable: bool = True
    """False where a second try after a lost answer could do the thing twice (a write, a dynamic secret)."""
    namespace: str | None = None

    @property
    def capability(self) -> str:
        """The capability a policy must give for this call."""
        return CAPABILITIES[self.method]

    @property
    def verb(self) -> str:
        """The method on the wire: proxies know GET with ``list=true`` and not all know LIST."""
        return "GET" if self.method == "LIST" else self.method

    @property
    def target(self) -> str:
        """The request target behind the address's prefix."""
        query = (*self.query, ("list", "true")) if self.method == "LIST" else self.query
        return f"/v1/{quote(self.path, safe='/')}" + (f"?{urlencode(query)}" if query else "")

    def __str__(self) -> str:
        return f"{self.capability} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. The body never shows in a repr: it holds secrets."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
