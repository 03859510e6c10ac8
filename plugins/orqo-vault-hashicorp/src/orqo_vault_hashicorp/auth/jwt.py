"""JWT and OIDC tokens that a platform hands to its jobs: CI systems, SPIFFE, cloud workload identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orqo_vault.errors import AccessDeniedError
from orqo_vault_hashicorp.auth.method import AuthMethod, exactly_one

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token


@dataclass(frozen=True, kw_only=True)
class JWT(AuthMethod):
    """A signed token is exchanged for one of the server's. No browser is opened: this is for jobs."""

    method: Literal["jwt"] = "jwt"
    role: str | None = None
    """The role; without it the mount's default_role."""
    jwt_file: str | None = None
    """The file that holds the JWT, read anew at each login."""
    jwt_env: str | None = None
    """The variable that holds the JWT."""

    def __post_init__(self) -> None:
        exactly_one(self, "jwt_file", "jwt_env")

    def obtain(self, desk: Desk) -> Token:
        jwt = desk.secret("JWT", file=self.jwt_file, env=self.jwt_env).reveal()
        if jwt.count(".") != 2:  # a wrong file name must not send some other file's content over the network
            raise AccessDeniedError(f"backend {desk.context.name!r}: {self.jwt_file or self.jwt_env} holds no JWT")
        return desk.login(self, {"jwt": jwt, **({"role": self.role} if self.role else {})})
