"""AWS IAM: a signed "who am I" request that the server sends on to AWS; the keys themselves never leave."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from orqo_vault.errors import AccessDeniedError, PluginError
from orqo_vault_hashicorp.address import variable
from orqo_vault_hashicorp.auth.method import AuthMethod

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token

QUESTION = "Action=GetCallerIdentity&Version=2011-06-15"


@dataclass(frozen=True, kw_only=True)
class AWS(AuthMethod):
    """Uses the AWS credentials that the AWS tools would use here: variables, profile, web identity, instance role."""

    ambient_variables: ClassVar[frozenset[str]] = frozenset(
        {
            *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
            *("AWS_CREDENTIAL_EXPIRATION", "AWS_CREDENTIAL_FILE", "AWS_LOGIN_CACHE_DIRECTORY", "AWS_BEARER_TOKEN_*"),
            *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
            *("AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_*"),
        }
    )

    method: Literal["aws"] = "aws"
    role: str | None = None
    """The role at the auth mount; without it the name of the IAM principal."""
    server_id: str | None = None
    """The mount's ``iam_server_id_header_value``: with it, a request caught here is of no use at another server."""
    region: str | None = None
    """The STS region that the mount is configured for; without it the global endpoint."""
    profile: str | None = None
    """The profile of the AWS configuration to use."""

    def obtain(self, desk: Desk) -> Token:
        # Whoever gets the signed request can be us at any Vault that trusts the account, until it expires.
        home = variable(desk.context.environ, "ADDR")
        desk.require_ambient_allowed("a request signed with the AWS credentials", home)
        payload = self._signed(desk)
        return desk.login(self, {**payload, **({"role": self.role} if self.role else {})})

    def _signed(self, desk: Desk) -> dict[str, str]:
        try:
            from botocore.auth import SigV4Auth
            from botocore.awsrequest import AWSRequest
            from botocore.session import Session
        except ImportError:
            raise PluginError(
                f"backend {desk.context.name!r}: auth method aws needs botocore",
                hint="pip install 'orqo-vault-hashicorp[aws]'",
            ) from None
        credentials = Session(profile=self.profile).get_credentials()
        if credentials is None:
            raise AccessDeniedError(f"backend {desk.context.name!r}: there are no AWS credentials to log in with")
        host = f"sts.{self.region}.amazonaws.com" if self.region else "sts.amazonaws.com"
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Host": host}
        if self.server_id:
            headers["X-Vault-AWS-IAM-Server-ID"] = self.server_id
        request: Any = AWSRequest(method="POST", url=f"https://{host}/", data=QUESTION, headers=headers)
        SigV4Auth(credentials.get_frozen_credentials(), "sts", self.region or "us-east-1").add_auth(request)
        return {
            "iam_http_request_method": "POST",
            "iam_request_url": _base64(request.url),
            "iam_request_body": _base64(QUESTION),
            "iam_request_headers": _base64(json.dumps({name: [value] for name, value in request.headers.items()})),
        }


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
