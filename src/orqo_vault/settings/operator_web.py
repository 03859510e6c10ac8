"""Reads ``web:`` of the operator's file: which proxy is believed, and who has which role."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from orqo_vault.settings.draft import Draft
from orqo_vault.settings.operator_model import Web
from orqo_vault.settings.trusted_schema import PeopleEntry, WebEntry

ROLES = ("viewer", "editor", "admin")
"""Each may do what the ones before it may."""


def web_of(entry: WebEntry, draft: Draft) -> Web:
    """Return what the entry says, or raise for a proxy that anybody on this machine could play."""
    if entry.secret_file is None and any(ipaddress.ip_network(each).is_loopback for each in entry.proxies):
        draft.refuse(
            ("web", "proxies"),
            "every user of this machine can send requests from such an address",
            hint="name a secret_file: the proxy proves itself with what is in it",
        )
    said = {name: getattr(entry, name) for name in ("user_header", "groups_header") if getattr(entry, name)}
    users, groups = _roles(entry.users), _roles(entry.groups)
    if not users and not groups:
        draft.refuse(("web",), "nobody has a role", hint="users: {admin: [ana]}, or groups: {viewer: [staff]}")
    return Web(
        address=entry.address.rstrip("/"),
        proxies=tuple(entry.proxies),
        secret_file=Path(entry.secret_file) if entry.secret_file else None,
        users=users,
        groups=groups,
        **said,
    )


def _roles(people: PeopleEntry | None) -> dict[str, str]:
    """Return name → the highest of its roles."""
    return {name: role for role in ROLES for name in (getattr(people, role, None) or ())}
