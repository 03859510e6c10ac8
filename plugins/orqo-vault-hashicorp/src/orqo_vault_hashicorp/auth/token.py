"""A token that somebody else obtained: the environment's, a file's, or the one an agent keeps fresh in its sink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orqo_vault.errors import AccessDeniedError
from orqo_vault.secret import SecretValue
from orqo_vault_hashicorp.address import PREFIXES, variable
from orqo_vault_hashicorp.auth.method import AuthMethod, at_most_one

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token as Held

HELPER_FILES = ("~/.vault-token", "~/.bao-token")


@dataclass(frozen=True, kw_only=True)
class Token(AuthMethod):
    """Default: BAO_TOKEN, VAULT_TOKEN, ``~/.vault-token``, as the command lines use them.

    The token is its owner's: it is neither renewed nor revoked here, and read anew when the server refuses it.
    """

    method: Literal["token"] = "token"  # the name of the method
    token_file: str | None = None
    """A file that holds the token: an agent's sink, or a mounted secret."""
    token_env: str | None = None
    """The variable that holds the token."""

    def __post_init__(self) -> None:
        at_most_one(self, "token_file", "token_env")

    @property
    def requests(self) -> int:
        return 0

    def obtain(self, desk: Desk) -> Held:
        if self.token_file is not None or self.token_env is not None:
            return desk.given(desk.secret("token", file=self.token_file, env=self.token_env))
        environ = desk.context.environ
        for prefix in PREFIXES:
            if value := environ.get(f"{prefix}TOKEN", "").strip():
                # The address that stands beside this token in the environment is the one it belongs to.
                home = environ.get(f"{prefix}ADDR") or variable(environ, "ADDR")
                desk.require_ambient_allowed(f"{prefix}TOKEN", home)
                return desk.given(SecretValue(value))
        for name in HELPER_FILES:
            if desk.path(name).is_file():
                desk.require_ambient_allowed(name, variable(environ, "ADDR"))
                return desk.given(desk.file("token", name))
        raise AccessDeniedError(
            f"backend {desk.context.name!r}: there is no token: VAULT_TOKEN is not set and ~/.vault-token is not there",
            hint="log in (vault login, bao login), or say how to in auth:",
        )
