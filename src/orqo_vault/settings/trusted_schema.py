"""The user's and the operator's file as pydantic models: every key, its type and its help."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orqo_vault.settings.document import parse
from orqo_vault.settings.draft import Draft
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.schema import BackendEntry, Entry, HeaderName, Label, StoredName, TypeName, Variable
from orqo_vault.settings.validate import validated

Model = TypeVar("Model", bound=BaseModel)

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_LEDGER_SCHEMES = ("sqlite", "postgresql")


def parsed(model: type[Model], content: bytes, path: Path) -> tuple[Model, Draft]:
    """Return the file's content as its model, and what tells where each part of it stands."""
    document = parse(content, str(path))
    draft = Draft(Layers((document,)))
    return validated(model, document.data, draft, ()), draft


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("must be a host name in lower case, with a port if need be; no scheme, no path, no pattern")
    return text


def _origin(text: str) -> str:
    url = urlsplit(text)
    if not url.hostname or url.username or url.password or url.query or url.fragment:
        raise ValueError("must be a URL of scheme and host, without a user or a query")
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.hostname)):
        raise ValueError("must begin with https://, or with http:// on this machine")
    return text


def _ledger_address(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in _LEDGER_SCHEMES:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    if url.password is not None or "password" in url.query:
        raise ValueError("must not hold a password; password_file names a file with it")
    return text


def _absolute(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError("must be an absolute path")
    return text


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ValueError("must be an address or a network, like 10.0.0.5 or 10.0.0.0/24") from None
    if not network.prefixlen:
        raise ValueError("must not be every address there is")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Hosts = Annotated[list[Annotated[str, AfterValidator(_host)]], Field(fail_fast=True, max_length=1000)]
Origin = Annotated[str, AfterValidator(_origin)]
AbsolutePath = Annotated[str, AfterValidator(_absolute)]
Decimal = str | int | float
Labels = Annotated[list[Label], Field(fail_fast=True)]


class UserFile(Entry):
    """What a user decides on one machine, for every project."""

    rollback: Literal["refuse", "warn"] | None = None
    """What happens when a secret is older than what this machine has seen. Default: refuse."""
    allowed_hosts: Hosts | None = None
    """Hosts to which a login found in the environment may be sent: ``name`` or ``name:port``."""


class OrganizationEntry(Entry):
    """Who spends an organization's credits."""

    users: Labels | None = None
    """Names of OS users."""
    uids: Annotated[list[Annotated[int, Field(ge=0)]], Field(fail_fast=True)] | None = None
    """Numbers of OS users."""


class ProviderEntry(Entry):
    """Where platform keys for one provider come from."""

    type: TypeName
    """Which plugin supplies it: direct, gateway …"""
    backend: str | None = None
    """Which of this file's backends keeps the key."""
    path: StoredName | None = None
    """Where the key is in it; short for at: {path: …}."""
    at: dict[str, Any] | None = None
    """Where the key is in it, with what only this backend knows."""
    address: Origin | None = None
    """The gateway that runs talk to."""
    upstream: Origin | None = None
    """The provider's own origin, to which a gateway forwards."""
    models: Labels | None = None
    """The models that may be used. Default: all."""
    runs: Labels | None = None
    """The runs that may use it. Default: all."""
    base_url_variable: Variable | None = None
    """The variable that tells programs another address of this provider. Known providers have theirs."""


class LedgerEntry(Entry):
    """Where credits are kept."""

    address: Annotated[str, AfterValidator(_ledger_address)]
    """sqlite:///PATH or postgresql://USER@HOST/DATABASE, without a password."""
    password_file: AbsolutePath | None = None
    """A file that holds the password."""


class PriceEntry(Entry):
    """USD for a million tokens."""

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None


class PricesEntry(Entry):
    """What usage costs."""

    usd_per_credit: Decimal | None = None
    """Default: 1."""
    markup_percent: Decimal | None = None
    """Added to every price. Default: 0."""
    models: dict[str, PriceEntry] | None = None
    """provider:model → the price that replaces the price list's."""


class SinkEntry(Entry):
    """Where audit records go. The keys beside ``type`` are the plugin's."""

    model_config = ConfigDict(extra="allow")

    type: TypeName


class AuditEntry(Entry):
    """Where every use of a credential is recorded."""

    sinks: list[SinkEntry] | None = None
    fail_mode: Literal["closed", "open"] | None = None
    """closed (default): what cannot be recorded does not happen."""


class PeopleEntry(Entry):
    """Who has which role on the credentials page."""

    viewer: Labels | None = None
    """They look."""
    editor: Labels | None = None
    """They create and change, too."""
    admin: Labels | None = None
    """They delete, too."""


class WebEntry(Entry):
    """The credentials page for a team, behind a proxy that checks who comes."""

    address: Origin
    """The address under which people open the page: scheme, host, and the port if it is in there."""
    proxies: Annotated[list[Annotated[str, AfterValidator(_network)]], Field(min_length=1, max_length=100)]
    """The addresses or networks that the proxy's requests come from. Nobody else is believed, or served."""
    secret_file: AbsolutePath | None = None
    """A file with what the proxy sends as X-Orqo-Vault-Proxy, 32 characters or more."""
    user_header: HeaderName | None = None
    """The header in which the proxy names who comes. Default: X-Forwarded-User."""
    groups_header: HeaderName | None = None
    """The header in which it names their groups, separated by commas. Default: X-Forwarded-Groups."""
    users: PeopleEntry | None = None
    """Roles of people, by name."""
    groups: PeopleEntry | None = None
    """Roles of groups, by name. Who has no role is not let in."""


class OperatorFile(Entry):
    """What the operator decides on one machine."""

    version: Literal[1] | None = None
    """The version of this format. Default: 1."""
    production: bool | None = None
    """Refuse what is fit for development only. Default: false."""
    organizations: dict[str, OrganizationEntry] | None = None
    backends: dict[str, BackendEntry] | None = None
    platform_providers: dict[str, ProviderEntry] | None = None
    new_projects: Literal["own", "platform"] | None = None
    """platform: orqo-vault init declares credentials with platform keys. Default: own."""
    ledger: LedgerEntry | None = None
    prices: PricesEntry | None = None
    audit: AuditEntry | None = None
    web: WebEntry | None = None
    allowed_hosts: Hosts | None = None
    """Hosts to which a login found in the environment may be sent: ``name`` or ``name:port``."""
