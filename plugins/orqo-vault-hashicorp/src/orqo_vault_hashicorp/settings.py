"""What the settings file says about one server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orqo_vault.backend import BackendSettings
from orqo_vault_hashicorp.auth import AuthMethod, auth_method
from orqo_vault_hashicorp.reference import check_mount


@dataclass(frozen=True, kw_only=True)
class HashicorpSettings(BackendSettings):
    """One Vault or OpenBao server (or cluster behind one address), one login, one default KV mount."""

    address: str | None = None
    """``https://host:port``. Default: BAO_ADDR or VAULT_ADDR, and then also their CA, namespace and server name."""
    namespace: str | None = None
    """The namespace of the secrets, and of the login unless ``auth.namespace`` says otherwise."""
    mount: str = "secret"
    """The KV engine's mount."""
    kv_version: Literal[1, 2] = 2
    """The KV engine's version. It is declared, never asked for: asking costs a call that many policies deny."""
    auth: AuthMethod = field(default_factory=lambda: auth_method({"method": "token"}))
    """How to log in: ``{method: approle, …}``. Default: the token of the environment, as the command line uses it."""
    ca_file: str | None = None
    """A PEM file with the authorities to trust instead of the system's."""
    ca_dir: str | None = None
    """A directory of hashed certificates to trust instead of the system's."""
    client_certificate: str | None = None
    """A PEM file with the certificate this client shows (and needs for ``auth: {method: cert}``)."""
    client_key: str | None = None
    """The PEM file with the key of ``client_certificate``, where it is not in the same file."""
    server_name: str | None = None
    """The name to ask for and to find in the server's certificate, where it is not the address's host."""
    allow_http: bool = False
    """Speak plain HTTP to another machine. Everybody on the way then reads every secret and the login."""
    allow_unchecked_writes: bool = False
    """Write to KV version 1, which cannot tell whether somebody else wrote in between."""
    connections: int = 16
    """At most so many requests at one time, 1 to 64. Reads start with 4 and take more only when the server is far."""

    def __post_init__(self) -> None:
        if isinstance(self.auth, Mapping):  # the settings file's own mapping: not every reader validates with pydantic
            object.__setattr__(self, "auth", auth_method(self.auth))
        check_mount("mount", self.mount)
        if not 1 <= self.connections <= 64:
            raise ValueError("connections must be 1 to 64")
        if self.client_key and not self.client_certificate:
            raise ValueError("client_key needs client_certificate")
        if self.auth.method == "cert" and not self.client_certificate:
            raise ValueError("auth method cert needs client_certificate")
