"""The SDK's session, made to take its environment from us: it would read the process's own at a dozen places."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,
    ConfigChainFactory,
    ConfiguredEndpointProvider,
)
from botocore.loaders import create_loader
from botocore.session import Session

from orqo_vault.errors import BackendError
from orqo_vault_aws.environment import surrounded_by
from orqo_vault_aws.proxies import proxies_for
from orqo_vault_aws.transport import CONNECT_SECONDS, CONNECTIONS, READ_SECONDS, Transport


class SurroundedSession(Session):  # type: ignore[misc]  # the SDK has no types
    """A session whose variables come from ``environ`` and whose every client sends through one :class:`Transport`."""

    def __init__(self, environ: Mapping[str, str], *, profile: str | None, fips: bool) -> None:
        super().__init__(profile=profile)
        self.environ = environ
        store = self.get_component("config_store")
        chains = ConfigChainFactory(self, environ)
        for name, entry in surrounded_by(environ, BOTOCORE_DEFAUT_SESSION_VARIABLES).items():
            in_file, variable, default, convert = entry
            store.set_config_provider(name, chains.create_config_chain(name, variable, in_file, default, convert))
        self.register_component("data_loader", _models(self.get_config_variable("data_path")))
        self.set_default_client_config(
            Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": 4},
                tcp_keepalive=True,
                max_pool_connections=CONNECTIONS,
                proxies={},  # the transport knows them
                ignore_configured_endpoint_urls=True,  # endpoint() knows them
                use_fips_endpoint=True if fips else None,
            )
        )
        self.transport = Transport(self._trusted, lambda address: proxies_for(address, environ))
        self.register("before-send", self.transport.send)

    @property
    def _trusted(self) -> str | bool:
        named: str | None = self.get_config_variable("ca_bundle") or self.environ.get("REQUESTS_CA_BUNDLE")
        if named and not os.path.exists(named):
            raise BackendError(
                "the file of trusted certificates does not exist",
                hint="see AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, and ca_bundle in the aws configuration file",
            )
        return named or True

    def endpoint(self, service: str) -> str | None:
        """Return the address that the environment or the profile names for a service."""
        if self.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        found: str | None = ConfiguredEndpointProvider(
            self.full_config, self.get_scoped_config(), service, self.environ
        ).provide()
        return found

    def create_client(self, service_name: str, *args: Any, **options: Any) -> Any:
        """Make a client; those that the SDK makes itself to log in come through here too."""
        if options.get("endpoint_url") is None:
            options["endpoint_url"] = self.endpoint(service_name)
        if options.get("verify") is None:
            options["verify"] = self._trusted
        return super().create_client(service_name, *args, **options)


@cache
def _models(data_path: str | None) -> Any:
    """Return the SDK's descriptions of services, which take 40 ms to load: once a process, not once a backend."""
    return create_loader(data_path)
