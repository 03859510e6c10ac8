"""Finds the login: a signed token, the environment, the user's AWS files, a container's; then roles on top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    AssumeRoleProvider,
    AssumeRoleWithWebIdentityCredentialFetcher,
    CanonicalNameCredentialSourcer,
    ContainerProvider,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
    EnvProvider,
    InstanceMetadataProvider,
    ProfileProviderBuilder,
)
from botocore.utils import FileWebIdentityTokenLoader, InstanceMetadataFetcher, resolve_imds_endpoint_mode

from orqo_vault.errors import AccessDeniedError
from orqo_vault_aws.settings import SESSION_NAME, AwsSettings, Role, WebIdentity

if TYPE_CHECKING:
    from orqo_vault.backend import BackendContext
    from orqo_vault_aws.session import SurroundedSession

REFRESH_WINDOW = 15 * 60  # seconds before its end at which an instance's login is renewed, as the SDK does


class Login(CredentialResolver):  # type: ignore[misc]  # the SDK has no types
    """Where the SDK asks for a login. The first source that has one wins; then each role is assumed in turn."""

    def __init__(
        self, session: SurroundedSession, settings: AwsSettings, context: BackendContext, region: str | None
    ) -> None:
        super().__init__(_sources(session, settings, context, region))
        self._name = context.name
        self._create = _in_region(session, region)
        self._roles = settings.assume_role

    def load_credentials(self) -> Any:
        found = super().load_credentials()
        if found is None:
            raise AccessDeniedError(
                f"backend {self._name!r}: no aws login found",
                hint="set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; "
                "on EC2 say instance_metadata: true",
            )
        for role in self._roles:
            found = self._assumed(found, role)
        return found

    def _assumed(self, login: Any, role: Role) -> Any:
        more = {"ExternalId": role.external_id, "DurationSeconds": role.duration_seconds}
        fetcher = AssumeRoleCredentialFetcher(
            self._create,
            login,
            role.role_arn,
            extra_args={
                "RoleSessionName": role.session_name,
                **{name: given for name, given in more.items() if given is not None},
            },
        )
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


class SignedToken(CredentialProvider):  # type: ignore[misc]  # the SDK has no types
    """A role for a token in a file, read again at each login: whoever issues it replaces it."""

    METHOD = "assume-role-with-web-identity"

    def __init__(self, create: Any, identity: WebIdentity) -> None:
        super().__init__()
        self._create = create
        self._identity = identity

    def load(self) -> Any:
        fetcher = AssumeRoleWithWebIdentityCredentialFetcher(
            self._create,
            FileWebIdentityTokenLoader(self._identity.token_file),
            self._identity.role_arn,
            extra_args={"RoleSessionName": self._identity.session_name},
        )
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)


def _sources(
    session: SurroundedSession, settings: AwsSettings, context: BackendContext, region: str | None
) -> list[CredentialProvider]:
    environ, create = context.environ, _in_region(session, region)
    if settings.web_identity is not None:
        return [SignedToken(create, _beside(settings.web_identity, context.base_dir))]
    environment, container = EnvProvider(environ), ContainerProvider(environ)
    machine = [_instance(session, environ)] if settings.instance_metadata else []
    profile = session.get_config_variable("profile") or "default"
    files = ProfileProviderBuilder(session, cache={}, region_name=region)
    role_of_profile = AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=create,
        cache={},
        profile_name=profile,
        prompter=_nobody_to_ask,
        credential_sourcer=CanonicalNameCredentialSourcer([environment, container, *machine]),
        profile_provider_builder=files,
    )
    ambient = [] if settings.profile else [environment, *_tokens_in(environ, create)]
    return [*ambient, role_of_profile, *files.providers(profile, disable_env_vars=True), container, *machine]


def _tokens_in(environ: Mapping[str, str], create: Any) -> list[CredentialProvider]:
    role, token_file = environ.get("AWS_ROLE_ARN"), environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
    if not role or not token_file:
        return []
    name = environ.get("AWS_ROLE_SESSION_NAME") or SESSION_NAME
    return [SignedToken(create, WebIdentity(role_arn=role, token_file=token_file, session_name=name))]


def _beside(identity: WebIdentity, base_dir: Path) -> WebIdentity:
    token_file = str(base_dir / identity.token_file)
    return WebIdentity(role_arn=identity.role_arn, token_file=token_file, session_name=identity.session_name)


def _instance(session: SurroundedSession, environ: Mapping[str, str]) -> InstanceMetadataProvider:
    names = ("ec2_metadata_service_endpoint", "ec2_metadata_v1_disabled")
    return InstanceMetadataProvider(
        iam_role_fetcher=InstanceMetadataFetcher(
            timeout=session.get_config_variable("metadata_service_timeout"),
            num_attempts=session.get_config_variable("metadata_service_num_attempts"),
            env=dict(environ),
            user_agent=session.user_agent(),
            config={
                **{name: session.get_config_variable(name) for name in names},
                "ec2_metadata_service_endpoint_mode": resolve_imds_endpoint_mode(session),
                "ec2_credential_refresh_window": REFRESH_WINDOW,
            },
        )
    )


def _in_region(session: SurroundedSession, region: str | None) -> Any:
    def create(service: str, **options: Any) -> Any:
        return session.create_client(service, **{"region_name": region, **options})

    return create


def _nobody_to_ask(prompt: str) -> NoReturn:
    raise AccessDeniedError(
        "the aws profile asks for an MFA code, and a run cannot wait for one",
        hint="log in first: aws sso login, or aws sts get-session-token",
    )
