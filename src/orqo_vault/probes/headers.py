"""How a credential's values are put into the headers of a request."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

AUTHORIZATION = "Authorization"
NO_SCHEME = "none"


def with_scheme(scheme: str, value: str) -> str:
    """Return ``Bearer VALUE`` and the like; ``none`` sends the value alone, ``Basic`` takes it as a user name."""
    if scheme.lower() == NO_SCHEME:
        return value
    return basic(value, "") if scheme.lower() == "basic" else f"{scheme} {value}"


def basic(username: str, password: str) -> str:
    """Return the value of an Authorization header for a user name and a password."""
    pair = f"{username}:{password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def declared_header(test: Mapping[str, Any], value: str) -> dict[str, str]:
    """Return the header that ``test:`` asks for, ``Authorization: Bearer VALUE`` where it asks for none."""
    name = test.get("header", AUTHORIZATION)
    scheme = test.get("scheme", "Bearer" if name.lower() == AUTHORIZATION.lower() else NO_SCHEME)
    return {name: with_scheme(scheme, value)}
