"""AppRole: a role_id, and a secret_id in plain, wrapped in a one-time token, or none at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orqo_vault.errors import AccessDeniedError, BackendError, BackendUnavailableError
from orqo_vault.secret import SecretValue
from orqo_vault_hashicorp.auth.method import AuthMethod, at_most_one, exactly_one
from orqo_vault_hashicorp.call import Call

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token


@dataclass(frozen=True, kw_only=True)
class AppRole(AuthMethod):
    """A machine's login. A role with ``bind_secret_id=false`` needs no secret_id."""

    method: Literal["approle"] = "approle"
    role_id: str | None = None
    """The role_id itself: it is a name, not a secret."""
    role_id_file: str | None = None
    """A file that holds the role_id."""
    role_id_env: str | None = None
    """The variable that holds the role_id."""
    secret_id_file: str | None = None
    """A file that holds the secret_id."""
    secret_id_env: str | None = None
    """The variable that holds the secret_id."""
    wrapped_secret_id_file: str | None = None
    """A file that holds a wrapping token with the secret_id in it. It is checked and unwrapped once."""
    wrapped_secret_id_env: str | None = None
    """The variable that holds such a wrapping token."""
    role_name: str | None = None
    """The role that must have made the wrapped secret_id; without it any role of this mount may have."""

    def __post_init__(self) -> None:
        exactly_one(self, "role_id", "role_id_file", "role_id_env")
        at_most_one(self, "secret_id_file", "secret_id_env", "wrapped_secret_id_file", "wrapped_secret_id_env")

    @property
    def requests(self) -> int:
        wrapped = self.wrapped_secret_id_file is not None or self.wrapped_secret_id_env is not None
        return 3 if wrapped else 1  # looked at, unwrapped, and then the login

    def obtain(self, desk: Desk) -> Token:
        role_id = self.role_id or desk.secret("role_id", file=self.role_id_file, env=self.role_id_env).reveal()
        payload = {"role_id": role_id}
        secret_id = self._secret_id(desk)
        if secret_id is not None:
            payload["secret_id"] = secret_id.reveal()
        return desk.login(self, payload)

    def _secret_id(self, desk: Desk) -> SecretValue | None:
        if self.secret_id_file is not None or self.secret_id_env is not None:
            return desk.secret("secret_id", file=self.secret_id_file, env=self.secret_id_env)
        if self.wrapped_secret_id_file is None and self.wrapped_secret_id_env is None:
            return None
        if "secret_id" not in desk.kept:  # a wrapping token works once; a later login uses what was in it
            wrapping = desk.secret(
                "wrapped secret_id", file=self.wrapped_secret_id_file, env=self.wrapped_secret_id_env
            )
            desk.kept["secret_id"] = self._unwrap(desk, wrapping)
        return desk.kept["secret_id"]

    def _unwrap(self, desk: Desk, wrapping: SecretValue) -> SecretValue:
        """Look where the wrapping token was made before it is opened: anybody can wrap a secret_id of their own."""
        token = {"token": wrapping.reveal()}
        try:
            seen = desk.call(Call("POST", "sys/wrapping/lookup", body=token, namespace=self.namespace))
            made_at = str(seen["data"]["creation_path"])
        except (AccessDeniedError, BackendError, KeyError, TypeError) as error:
            raise self._spent(desk, error) from None
        role = re.escape(self.role_name) if self.role_name else "[^/]+"
        expected = rf"(.*/)?auth/{re.escape(self.mount or self.method)}/role/{role}/(custom-)?secret-id"
        if not re.fullmatch(expected, made_at):
            raise AccessDeniedError(
                f"backend {desk.context.name!r}: the wrapped secret_id was not made by this auth mount"
                f"{' and role' if self.role_name else ''}: it is not used",
                hint="somebody may have replaced it: find out who before you log in",
            )
        unwrap = Call("POST", "sys/wrapping/unwrap", repeatable=False, namespace=self.namespace)
        try:
            return SecretValue(str(desk.call(unwrap, token=wrapping)["data"]["secret_id"]))
        except (AccessDeniedError, KeyError, TypeError) as error:
            raise self._spent(desk, error) from None

    def _spent(self, desk: Desk, error: Exception) -> Exception:
        if isinstance(error, BackendUnavailableError):
            return error
        return AccessDeniedError(
            f"backend {desk.context.name!r}: the wrapped secret_id cannot be opened",
            hint="it has expired, or somebody opened it before us and has the secret_id: revoke it and make a new one",
        )
