"""What the settings file says about one AWS Secrets Manager backend. It holds no secret: logins are found around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

from orqo_vault.backend import BackendSettings
from orqo_vault.backend.contract import STRICT
from orqo_vault_aws.reference import ALLOWED

SESSION_NAME = "orqo-vault"
SHORTEST_WINDOW, LONGEST_WINDOW = 7, 30  # days, the service's own bounds


@dataclass(frozen=True, kw_only=True)
class Role:
    """One role to assume, with the login of the step before it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    role_arn: str
    """The role's ARN."""
    external_id: str | None = None
    """The external id that the role's trust policy asks for."""
    session_name: str = SESSION_NAME
    """How this session is called in CloudTrail."""
    duration_seconds: int | None = None
    """How long the session lasts before it is renewed; unset means the service's default of one hour."""


@dataclass(frozen=True, kw_only=True)
class WebIdentity:
    """A role to assume with a token that somebody else signed: a Kubernetes service account, a CI system."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    role_arn: str
    """The role's ARN."""
    token_file: str
    """The file with the token, read again at each login; relative paths start at the settings file."""
    session_name: str = SESSION_NAME
    """How this session is called in CloudTrail."""


@dataclass(frozen=True, kw_only=True)
class AwsSettings(BackendSettings):
    """Options of a backend of type ``aws-secrets-manager``."""

    region: str | None = None
    """The region, where the environment (AWS_REGION, AWS_DEFAULT_REGION) or the profile is not to decide."""
    profile: str | None = None
    """A profile of the user's AWS configuration files; keys found in the environment are then not used."""
    endpoint_url: str | None = None
    """Another address for the service. A host that is not AWS's must be one the user allows."""
    prefix: str = ""
    """Put before every path that is not an ARN, like ``orqo/production/``."""
    assume_role: tuple[Role, ...] = ()
    """Roles to assume, one after the other."""
    web_identity: WebIdentity | None = None
    """Log in with a signed token instead of what is found in the environment."""
    instance_metadata: bool = False
    """Ask the EC2 instance metadata service for a login when there is no other. Elsewhere that costs seconds."""
    batch: bool = True
    """Read up to 20 secrets a call; it needs ``secretsmanager:BatchGetSecretValue`` on every resource."""
    fips: bool = False
    """Use the FIPS endpoints."""
    kms_key_id: str | None = None
    """The KMS key of secrets created here; unset means the account's own key for Secrets Manager."""
    description: str | None = None
    """The description of secrets created here."""
    tags: dict[str, str] = field(default_factory=dict)
    """Tags of secrets created here, beside the one that says that orqo-vault made them."""
    replica_regions: tuple[str, ...] = ()
    """Regions to which secrets created here are replicated."""
    recovery_window_days: int = LONGEST_WINDOW
    """How long a deleted secret can be restored: 7 to 30 days; 0 deletes at once and for good."""

    @property
    def logins(self) -> int:
        """How many requests to STS the settings ask for; what a profile asks for is not known here."""
        return len(self.assume_role) + (self.web_identity is not None)

    def __post_init__(self) -> None:
        # A list or a mapping as YAML gives it is the same settings as the validated ones: no pydantic is needed then.
        _set(self, "assume_role", tuple(_made(Role, each) for each in self.assume_role))
        _set(self, "replica_regions", tuple(self.replica_regions))
        if self.web_identity is not None:
            _set(self, "web_identity", _made(WebIdentity, self.web_identity))
        if self.prefix and not re.fullmatch(f"{ALLOWED}{{1,400}}", self.prefix):
            raise ValueError("prefix must be made of letters, digits and /_+=.@-")
        window = self.recovery_window_days
        if window and not SHORTEST_WINDOW <= window <= LONGEST_WINDOW:
            raise ValueError(f"recovery_window_days must be {SHORTEST_WINDOW} to {LONGEST_WINDOW}, or 0")
        if self.endpoint_url is not None:
            _check_address(self.endpoint_url)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("endpoint_url must be a whole address, like https://host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("endpoint_url must hold no login, query or fragment")


def _made(kind: type[Any], given: Any) -> Any:
    return kind(**given) if isinstance(given, Mapping) else given


def _set(settings: AwsSettings, name: str, value: Any) -> None:
    object.__setattr__(settings, name, value)
