"""Which proxy a request goes through, by the usual variables of the environment that the program lends."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # its stub does not know it


def proxies_for(address: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return scheme → proxy for a request to ``address``, as the usual variables say."""
    lowered = {name.lower(): value for name, value in environ.items() if name.lower().endswith("_proxy") and value}
    if proxy_bypass_environment(urlsplit(address).hostname or "", {"no": lowered.get("no_proxy", "")}):
        return {}
    return {scheme: lowered[f"{scheme}_proxy"] for scheme in ("http", "https") if f"{scheme}_proxy" in lowered}
