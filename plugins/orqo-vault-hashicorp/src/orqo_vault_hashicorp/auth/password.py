"""What logins by name and password share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orqo_vault_hashicorp.auth.method import AuthMethod, exactly_one

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token


@dataclass(frozen=True, kw_only=True)
class PasswordMethod(AuthMethod):
    """A name that stands in the settings, and a password that does not."""

    username: str
    """The user's name at the auth mount."""
    password_file: str | None = None
    """A file that holds the password."""
    password_env: str | None = None
    """The variable that holds the password."""

    def __post_init__(self) -> None:
        exactly_one(self, "password_file", "password_env")
        if not self.username or not self.username.isprintable() or {"", ".", ".."} & set(self.username.split("/")):
            raise ValueError("auth.username must be one printable name")

    @property
    def login_path(self) -> str:
        return f"{super().login_path}/{self.username}"

    def obtain(self, desk: Desk) -> Token:
        password = desk.secret("password", file=self.password_file, env=self.password_env)
        return desk.login(self, {"password": password.reveal()})
