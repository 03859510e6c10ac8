"""Which server a backend speaks to, and whether a login found in the environment may be sent there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from orqo_vault.backend import BackendContext

PREFIXES = ("BAO_", "VAULT_")
"""OpenBao's own variables win over those it shares with Vault, as in its command line."""

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host and port, and the path in front of ``/v1`` where a proxy adds one."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address, or raise ValueError with what is wrong; a password in it is never quoted."""
        parts = urlsplit(text.strip())
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("address must be https://host[:port]")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("address must be only https://host[:port][/prefix]: no login, query or fragment")
        try:
            port = parts.port or PORTS[parts.scheme]
        except ValueError:
            raise ValueError("address has no valid port") from None
        prefix = "".join(f"/{quote(each, safe='')}" for each in parts.path.split("/") if each)
        return cls(parts.scheme, parts.hostname, port, prefix)

    @property
    def encrypted(self) -> bool:
        return self.scheme == "https"

    @property
    def loopback(self) -> bool:
        """Whether nobody but this machine can listen in."""
        if self.host == "localhost":
            return True
        import ipaddress  # only plain http asks

        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.prefix}"


def variable(environ: Mapping[str, str], name: str) -> str | None:
    """Return ``BAO_<name>`` or ``VAULT_<name>``; an empty one counts as not set."""
    return next((environ[prefix + name] for prefix in PREFIXES if environ.get(prefix + name)), None)


def may_send_ambient_login(context: BackendContext, address: Address, home: str | None) -> bool:
    """Tell whether a login from the environment may go to ``address``; ``home`` is the address it came with.

    Scheme and port count: a project file must not move a token to plain HTTP or to another user's port.
    """
    if home is not None and _same(home, address):
        return True
    if not (address.encrypted or address.loopback):
        return False
    names = (address.host, f"{address.host}:{address.port}")
    return any(context.may_send_ambient_login_to(name, home=None) for name in names)


def _same(home: str, address: Address) -> bool:
    try:
        there = Address.parse(home)
    except ValueError:
        return False
    return (there.scheme, there.host, there.port) == (address.scheme, address.host, address.port)
