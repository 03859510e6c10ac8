"""What a credential's ``test:`` may say: the keys its type takes, and addresses that a secret may be sent to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from orqo_vault.credential import Credential
from orqo_vault.credential_types import CredentialType
from orqo_vault.credential_types.checks.host import check_host
from orqo_vault.credential_types.checks.url import check_url
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft

ADDRESSES = ("url", "base_url")
TOGETHER = ("host", "user")
"""What says where an SSH key logs in: all of it or nothing."""


def check_test(credential: Credential, type: CredentialType, draft: Draft) -> None:
    """Raise unless every key is one that a test of this type reads, and none contradicts another."""
    test, path = credential.test, ("credentials", credential.id, "test")
    for key in test:
        if key not in type.test_keys:
            hint = f"keys: {', '.join(type.test_keys)}" if type.test_keys else "it takes none"
            draft.refuse((*path, key), f"a test of type {type.name} takes no such key", hint=hint, key=True)
    for one, other in (("url", "base_url"), ("url", "grant"), ("headers", "header"), ("headers", "scheme")):
        if one in test and other in test:
            draft.refuse((*path, other), f"only one of {one} and {other} may stand here", key=True)
    for key in ("method", "header", "scheme", "headers", "expect"):
        if key in test and "url" not in test:
            draft.refuse((*path, key), "is of use only with a url", key=True)
    if any(key in test for key in (*TOGETHER, "port")):
        for key in TOGETHER:
            if key not in test:
                draft.refuse(path, f"{key} is missing: {', '.join(TOGETHER)} belong together")
    _check_places(credential, type, draft, path)


def _check_places(credential: Credential, type: CredentialType, draft: Draft, path: KeyPath) -> None:
    test = credential.test
    for key in ADDRESSES:
        if key in test:
            reason = _refusal(test[key], with_query=key == "url")
            if reason is not None:
                draft.refuse((*path, key), reason)
    if "host" in test:
        reason = _complaint(test["host"])
        if reason is not None:
            draft.refuse((*path, "host"), reason)
    known = {field.name for field in type.fields_of(credential)}
    for header, field in test.get("headers", {}).items():
        if field not in known:
            draft.refuse((*path, "headers", header), "the type has no such field", hint=f"fields: {', '.join(known)}")


def _complaint(host: str) -> str | None:
    try:
        check_host(host)
    except ValueError as error:
        return str(error)
    return "must not begin with a hyphen" if host.startswith("-") else None


def _refusal(address: str, *, with_query: bool) -> str | None:
    try:
        check_url(address)
        parts = urlsplit(address)
    except ValueError as error:
        return str(error)
    if parts.query and not with_query:
        return "must not have a query"
    if parts.scheme == "http" and not _is_this_machine(str(parts.hostname)):
        return "must begin with https://, or with http:// on this machine: a secret is sent there"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
