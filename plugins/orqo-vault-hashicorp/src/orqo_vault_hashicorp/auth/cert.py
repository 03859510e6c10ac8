"""TLS certificate: the connection itself proves who we are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orqo_vault_hashicorp.auth.method import AuthMethod

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token


@dataclass(frozen=True, kw_only=True)
class Certificate(AuthMethod):
    """Shows ``client_certificate`` of the backend's settings."""

    method: Literal["cert"] = "cert"
    role: str | None = None
    """Try only this role; without it the server tries all that trust the certificate."""

    def obtain(self, desk: Desk) -> Token:
        return desk.login(self, {"name": self.role} if self.role else {})
