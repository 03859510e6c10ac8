"""Which environment variables a login may come from, read from the mapping that the program lends and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

LOGIN_VARIABLES = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_CREDENTIAL_FILE",
        "AWS_LOGIN_CACHE_DIRECTORY",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_BEARER_TOKEN_*",
    }
)
"""What a child must never inherit."""


def region_in(environ: Mapping[str, str]) -> str | None:
    """Return the region the environment names. The SDK for Python knows only the second name, the others the first."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None


def home_of(environ: Mapping[str, str]) -> str | None:
    """Return the place that the environment itself names for Secrets Manager, where it names one."""
    address = environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or environ.get("AWS_ENDPOINT_URL")
    return place_of(address) if address else None


def place_of(address: str) -> str:
    """Return ``host:port`` of an address: another port of a host can be another program."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or {'https': 443, 'http': 80}.get(parts.scheme)}"


def surrounded_by(environ: Mapping[str, str], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SDK's own settings table with the user's files where *this* environment has its home."""
    home = environ.get("HOME")
    places = {"config_file": "~/.aws/config", "credentials_file": "~/.aws/credentials"}
    if not home:
        return dict(variables)
    return {
        name: (entry[0], entry[1], home + places[name][1:], entry[3]) if name in places else entry
        for name, entry in variables.items()
    }
