"""One client a backend, made when something is first asked for and shared by its threads."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orqo_vault.errors import AccessDeniedError, SettingsError
from orqo_vault_aws.environment import home_of, place_of, region_in

if TYPE_CHECKING:
    from orqo_vault.backend import BackendContext
    from orqo_vault_aws.session import SurroundedSession
    from orqo_vault_aws.settings import AwsSettings

SERVICE = "secretsmanager"
OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


class Connection:
    """Holds the client and its login. ``client()`` is for several threads; the SDK's sessions are not."""

    def __init__(self, settings: AwsSettings, context: BackendContext) -> None:
        self._settings = settings
        self._context = context
        self._lock = Lock()
        self._session: SurroundedSession | None = None
        self._client: Any = None

    def client(self) -> Any:
        """Return the client, made now if there is none."""
        with self._lock:
            if self._client is None:
                self._session = self._new_session()
                self._client = self._new_client(self._session)
            return self._client

    def log_in_again(self, used: Any) -> None:
        """Drop the client whose login turned out to be over, unless somebody has replaced it already."""
        with self._lock:
            if self._client is used:
                self._client = self._session = None

    def close(self) -> None:
        """Close the connections. May be called twice; the next call of ``client()`` opens new ones."""
        with self._lock:
            session, self._session, self._client = self._session, None, None
        if session is not None:
            session.transport.close()

    def _new_session(self) -> SurroundedSession:
        from orqo_vault_aws.quiet import quieten
        from orqo_vault_aws.session import SurroundedSession  # the SDK costs 200 ms: only who reads pays

        quieten()
        settings = self._settings
        return SurroundedSession(self._context.environ, profile=settings.profile, fips=settings.fips)

    def _new_client(self, session: SurroundedSession) -> Any:
        from boto3.session import Session
        from botocore.config import Config

        from orqo_vault_aws.login import Login

        region = self._region(session)
        address = self._settings.endpoint_url or session.endpoint(SERVICE)
        if self._settings.endpoint_url is not None:
            self._refuse_a_stranger(self._settings.endpoint_url)
        session.register_component("credential_provider", Login(session, self._settings, self._context, region))
        # Retries are ours (asking.py): the SDK's know no deadline.
        once = Config(retries={"mode": "standard", "total_max_attempts": 1})
        sdk = Session(botocore_session=session)
        return sdk.client(SERVICE, region_name=region, endpoint_url=address, config=once)

    @property
    def declared_region(self) -> str | None:
        """The region that the settings or the environment name."""
        return self._settings.region or region_in(self._context.environ)

    def _region(self, session: SurroundedSession) -> str:
        found = self.declared_region or session.get_config_variable("region")
        if not found:
            raise SettingsError(
                f"backend {self._context.name!r}: no region", hint="say region: in the settings, or set AWS_REGION"
            )
        return str(found)

    def _refuse_a_stranger(self, address: str) -> None:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme == "https" and host.endswith(OF_AWS):
            return
        place, home = place_of(address), home_of(self._context.environ)
        allows = self._context.may_send_ambient_login_to
        if not (allows(place, home=home) or allows(host, home=None)):
            raise AccessDeniedError(
                f"backend {self._context.name!r}: endpoint_url names {place}, to which your aws login may not go",
                hint="if it is meant to, set AWS_ENDPOINT_URL_SECRETS_MANAGER to it, "
                "or list it under allowed_hosts in your own configuration file",
            )
