"""What an operator decides on a machine: who may spend what, where usage goes, what is trusted. Frozen; no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from orqo_vault.settings.model import BackendDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Who spends an organization's credits: the OS users whose runs are its runs."""

    name: str
    users: tuple[str, ...] = ()
    uids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformProvider:
    """Where platform keys for one provider come from. It names places; it holds no key."""

    name: str
    """What credentials call it in ``provider:``."""
    type: str
    """Which plugin supplies it: ``direct``, ``gateway`` …"""
    backend: str | None = None
    """One of the operator's backends."""
    at: Mapping[str, Any] = field(default_factory=dict)
    """Where in that backend the key is."""
    address: str | None = None
    """The gateway."""
    upstream: str | None = None
    """The provider's own origin, to which a gateway forwards."""
    models: tuple[str, ...] = ()
    """The models that may be used; none named: no limit."""
    runs: tuple[str, ...] = ()
    """The runs that may use it; none named: no limit."""
    base_url_variable: str | None = None
    """The variable that tells programs another address of this provider, where it is not a known one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where credits are kept."""

    address: str
    """``sqlite:///…`` or ``postgresql://…``, without a password."""
    password_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD for a million tokens, decimal numbers as written."""

    input: str
    output: str
    cached_input: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What usage costs. Decimal numbers as written."""

    usd_per_credit: str = "1"
    markup_percent: str = "0"
    models: Mapping[str, Price] = field(default_factory=dict)
    """``provider:model`` → the price that replaces the price list's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSink:
    """Where audit records go. The keys beside ``type`` are the plugin's."""

    type: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Where every use of a credential is recorded, and what happens when it cannot be."""

    sinks: tuple[AuditSink, ...] | None = None
    """None: a file in this machine's state; empty: nowhere."""
    fail_mode: Literal["closed", "open"] = "closed"
    """``closed``: what cannot be recorded does not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The credentials page for a team, behind a proxy that checks who comes."""

    address: str
    """Under which people open it."""
    proxies: tuple[str, ...]
    """Addresses or networks."""
    secret_file: Path | None = None
    """Holds what the proxy proves itself with."""
    user_header: str = "X-Forwarded-User"
    groups_header: str = "X-Forwarded-Groups"
    users: Mapping[str, str] = field(default_factory=dict)
    """Name → the highest role that is given to it: viewer, editor, admin."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """The same of groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """What the operator decides on this machine. A machine without an operator has the defaults."""

    file: Path | None = None
    """Where it stands; None where there is none."""
    production: bool = False
    """Whether what is fit for development only is refused."""
    organizations: Mapping[str, Organization] = field(default_factory=dict)
    backends: Mapping[str, BackendDeclaration] = field(default_factory=dict)
    """The operator's own, which no project sees."""
    platform_providers: Mapping[str, PlatformProvider] = field(default_factory=dict)
    new_projects: Literal["own", "platform"] = "own"
    """Whose keys the credentials have that ``orqo-vault init`` declares."""
    ledger: Ledger | None = None
    prices: Prices = field(default_factory=Prices)
    audit: Audit | None = None
    web: Web | None = None
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts, ``name`` or ``name:port``, to which a login found in the environment may be sent."""
