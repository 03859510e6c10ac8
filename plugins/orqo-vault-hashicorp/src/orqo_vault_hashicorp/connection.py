"""Where one backend's server is and how to trust it: the settings, or the environment where they are silent."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.backend import BackendContext
from orqo_vault.errors import SettingsError
from orqo_vault_hashicorp.address import Address, variable
from orqo_vault_hashicorp.files import located
from orqo_vault_hashicorp.session import Session
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.tls import Trust
from orqo_vault_hashicorp.transport import Transport


@dataclass(frozen=True, slots=True)
class Server:
    """What the settings and the environment together say about the server."""

    address: Address
    trust: Trust
    namespace: str | None


def server_of(settings: HashicorpSettings, context: BackendContext) -> Server:
    """Return the server, or raise SettingsError. Opens nothing.

    The environment's CA, client certificate, namespace and server name belong to the environment's address: they
    count only where the settings name no address of their own.
    """
    environ = context.environ
    text = settings.address or variable(environ, "ADDR")
    if not text:
        raise SettingsError(
            f"backend {context.name!r}: there is no address", hint="set address: https://host:8200, or VAULT_ADDR"
        )
    try:
        address = Address.parse(text)
    except ValueError as error:
        raise SettingsError(f"backend {context.name!r}: {error}") from None
    if not (address.encrypted or address.loopback or settings.allow_http):
        raise SettingsError(
            f"backend {context.name!r}: {address} is not encrypted",
            hint="use https://; allow_http: true lets everybody on the way read the secrets",
        )

    def ambient(name: str) -> str | None:
        return None if settings.address else variable(environ, name)

    def file(named: str | None, name: str) -> str | None:
        chosen = named or ambient(name)
        return str(located(context, chosen)) if chosen else None

    ca_named = settings.ca_file or settings.ca_dir
    trust = Trust(
        ca_file=file(settings.ca_file, "CACERT") if settings.ca_file or not ca_named else None,
        ca_dir=file(settings.ca_dir, "CAPATH") if settings.ca_dir or not ca_named else None,
        client_certificate=file(settings.client_certificate, "CLIENT_CERT"),
        client_key=file(settings.client_key, "CLIENT_KEY"),
        server_name=settings.server_name or ambient("TLS_SERVER_NAME"),
    )
    return Server(address, trust, settings.namespace or ambient("NAMESPACE"))


def open_session(settings: HashicorpSettings, context: BackendContext, parent: Session | None) -> Session:
    """Return a session that has not yet connected; after a fork it goes on with its parent's login."""
    server = server_of(settings, context)
    transport = Transport(server.address, server.trust, settings.connections)
    return Session(context, transport, settings.auth, server.namespace, parent)
