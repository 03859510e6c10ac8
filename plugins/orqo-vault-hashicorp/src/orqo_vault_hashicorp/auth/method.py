"""What every login method is: a frozen declaration that can obtain a token."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from orqo_vault.backend.contract import STRICT

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token


@dataclass(frozen=True, kw_only=True)
class AuthMethod(ABC):
    """One way to log in. Holds no secret: it names files and variables, which are read at each login."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    default_mount: ClassVar[str] = ""

    ambient_variables: ClassVar[frozenset[str]] = frozenset()
    """What of the environment it logs in with, beside Vault's own variables and those its options name."""

    method: str
    """Which way."""
    mount: str | None = None
    """The auth mount, where it is not called like the method."""
    namespace: str | None = None
    """The namespace to log in to, where it is not the backend's."""

    @abstractmethod
    def obtain(self, desk: Desk) -> Token:
        """Log in and return the token, or raise an AccessDeniedError that says what to do."""

    @property
    def requests(self) -> int:
        """How many requests to the server the first login takes; 0 where somebody else has logged in."""
        return 1

    @property
    def login_path(self) -> str:
        """The API path of the login, without ``/v1``."""
        return f"auth/{self.mount or self.default_mount or self.method}/login"

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        """Return the fields that have no default."""
        return tuple(each.name for each in fields(cls) if each.default is MISSING and each.default_factory is MISSING)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Describe "any method" as the union of all of them. Only pydantic calls this: a run does not pay for it."""
        if source is not AuthMethod:
            return handler(source)
        from functools import reduce
        from operator import or_
        from typing import Annotated

        from pydantic import Field

        from orqo_vault_hashicorp.auth import METHODS, method_class

        every: Any = reduce(or_, (method_class(name) for name in METHODS))
        return handler.generate_schema(Annotated[every, Field(discriminator="method")])


def exactly_one(method: AuthMethod, *names: str) -> None:
    """Raise ValueError unless exactly one of these fields is set."""
    if sum(getattr(method, name) is not None for name in names) != 1:
        raise ValueError(f"auth method {method.method} needs exactly one of {', '.join(names)}")


def at_most_one(method: AuthMethod, *names: str) -> None:
    """Raise ValueError when more than one of these fields is set."""
    if sum(getattr(method, name) is not None for name in names) > 1:
        raise ValueError(f"auth method {method.method} takes at most one of {', '.join(names)}")
