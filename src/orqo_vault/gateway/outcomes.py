"""What a provider's status means: whether it worked, who pays, and what the caller is told."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.gateway.refusals import RefusedError

CALLERS_FAULT = frozenset({400, 404, 413, 415, 422})
"""The provider's own words say what is wrong with the request, so they are passed on."""
_REFUSED_THE_KEY = frozenset({401, 402, 403})
_BUSY = frozenset({429, 500, 503, 529})
"""The provider refused, or failed without an answer. It counts no tokens for these."""


def did_not_work(status: int) -> bool:
    """Tell whether the provider charges nothing for an answer of this status.

    A timeout or a broken gateway in front of it is not among them: behind it, the work may have been done.
    """
    return 300 <= status < 400 or status in CALLERS_FAULT | _REFUSED_THE_KEY | _BUSY


def refusal_of(status: int, headers: Mapping[str, str]) -> RefusedError:
    """Return our own words for a status; a provider's may hold the platform's key, or its account's name."""
    if status in _REFUSED_THE_KEY:
        return RefusedError(
            502, "provider_refused_the_platform", "the provider refuses the platform; tell its operator"
        )
    if 300 <= status < 400:
        return RefusedError(502, "provider_redirects", "the provider redirects, which is not followed")
    if status == 429:
        return RefusedError(
            429,
            "provider_rate_limit",
            "the provider takes no more requests for now",
            retry_after=_seconds(headers.get("retry-after", "")),
            retry=True,
        )
    if status in _BUSY:
        return RefusedError(status, "provider_failed", "the provider failed", retry=True)
    if status in CALLERS_FAULT:
        return RefusedError(status, "provider_refused", "the provider refused the request")
    return RefusedError(502, "provider_failed", "the provider failed; what it used is not known")


def _seconds(text: str) -> int | None:
    return min(int(text), 3600) if text.isascii() and text.isdecimal() and len(text) < 8 else None
