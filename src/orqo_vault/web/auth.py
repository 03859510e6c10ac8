"""Who asks, and what they may do. Every way of logging in ends in an :class:`Identity`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from starlette.requests import Request
from starlette.routing import Route


class Role(IntEnum):
    """What somebody may do; each may do what the ones before it may."""

    VIEWER = 1
    """Looks: declarations, status, plans. No values: those nobody sees."""
    EDITOR = 2
    """Creates and changes credentials and LLM configs, stores secrets, tests."""
    ADMIN = 3
    """Takes away: deletes declarations and secrets."""

    @property
    def word(self) -> str:
        """The role as it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who is logged in; ``name`` stands in the audit log."""

    name: str
    role: Role


class Auth(Protocol):
    """How requests are known. An engine that mounts the app brings its own.

    What it must not rely on is anything that a browser sends along by itself (a cookie) without a check of the
    request's origin; the app makes that check before it asks.
    """

    async def identify(self, request: Request) -> Identity | None:
        """Return who sends the request, None when nobody known does."""

    def routes(self) -> Sequence[Route]:
        """Return the routes by which people log in and out, below ``/api/v1``; none where that happens elsewhere."""
