"""The contract with a place where secrets are kept. Absence is a value, failure is an exception."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from orqo_vault.backend.context import BackendContext
from orqo_vault.backend.deadline import Deadline
from orqo_vault.backend.logins import named_variables
from orqo_vault.backend.stored import Expected, Stored
from orqo_vault.errors import BackendUnavailableError, OrqoVaultError
from orqo_vault.secret import Secret

if TYPE_CHECKING:
    from orqo_vault.backend.health import Health

# Validation, JSON Schema, help and the web form all come from the dataclass: pydantic reads this when it validates
# one, and a backend that is given validated settings does not import pydantic at all.
STRICT: dict[str, Any] = {
    "extra": "forbid",
    "hide_input_in_errors": True,
    "use_attribute_docstrings": True,
}


@dataclass(frozen=True, kw_only=True)
class BackendSettings:
    """What the settings file says about one backend. Holds no secret: it may name a variable or a file.

    Subclass it as a frozen, keyword-only dataclass; a docstring under a field is its help. Types are checked when
    the file is read; a ``ValueError`` from ``__post_init__`` becomes an error with the file's line.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    read_only: bool = False
    """Refuse every write and delete through this backend."""


@dataclass(frozen=True, kw_only=True)
class BackendReference:
    """Where in the backend a secret is. Hashable; equal references are one place."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    path: str
    """The name of the secret in the backend."""

    def __post_init__(self) -> None:
        if not self.path or not self.path.isprintable():
            raise ValueError("path must be printable text")
        if self.path.strip("/") != self.path or {"", ".", ".."} & set(self.path.split("/")):
            raise ValueError("path must not have empty, '.' or '..' parts")

    @property
    def made_when_read(self) -> bool:
        """Whether reading makes a new secret: then nothing reads it only to look whether it is there."""
        return False

    def __str__(self) -> str:
        return self.path


class Backend(ABC):
    """One place where secrets are kept.

    What a caller may rely on: creating one does no I/O; an absent secret is None and everything else that goes
    wrong is a :class:`~orqo_vault.errors.BackendError`; one instance may be used by several threads; ``close()``
    may be called twice. No method prints, logs or puts a value in an error.
    """

    type_name: ClassVar[str]
    """The name in ``type:`` of the settings file, equal to the entry point's."""
    Settings: ClassVar[Any] = BackendSettings
    """A subclass of :class:`BackendSettings`, or :class:`ImportedOnUse` of one."""
    Reference: ClassVar[Any] = BackendReference
    """A subclass of :class:`BackendReference`, or :class:`ImportedOnUse` of one."""
    bootstrap_variables: ClassVar[frozenset[str]] = frozenset()
    """Variables this backend logs in with, which no child may inherit; ``*`` at the end matches any rest."""

    @classmethod
    def login_variables(cls, options: Mapping[str, Any]) -> frozenset[str]:
        """Return what no child may inherit where the backend is set up with these options, as the file has them.

        These are its ``bootstrap_variables`` and the variables that options called ``…_env`` name. Override it where
        an option brings more of them (a login method that uses another tool's).
        """
        return cls.bootstrap_variables | named_variables(options)

    def __init__(self, settings: Any, context: BackendContext) -> None:
        self.settings = settings
        self.context = context

    @abstractmethod
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        """Return what is stored there, or None when nothing is."""

    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        """Return what is stored at each reference; absent ones are left out.

        One refusal fails the whole call, naming every refused path. Override it where the backend can batch.
        """
        found: dict[Any, Stored] = {}
        failed: dict[str, OrqoVaultError] = {}
        for reference in dict.fromkeys(references):
            try:
                stored = self.read(reference, deadline=deadline)
            except OrqoVaultError as error:
                failed[str(reference)] = error
                continue
            if stored is not None:
                found[reference] = stored
        if failed:
            raise merged(failed)
        return found

    @abstractmethod
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        """Replace the whole secret and return its new version.

        Raises :class:`~orqo_vault.errors.ConflictError`, and writes nothing, when ``if_version`` does not hold.
        When it returns, the secret survives a crash of this machine as well as the backend can promise.
        """

    @abstractmethod
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        """Delete the secret. False when there was none.

        ``permanently`` asks a backend that keeps deleted secrets for a while to give up that net.
        """

    @abstractmethod
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        """Return the sorted paths that start with ``prefix`` and hold a secret. Never values."""

    def check(self, references: Sequence[Any] = (), *, deadline: Deadline) -> Health:
        """Find out whether the backend can be reached, logged in to, and these references read."""
        from orqo_vault.backend.health import Health  # only for checks

        try:
            found = self.read_many(references, deadline=deadline)
        except OrqoVaultError as error:
            return Health.failed([error])
        return Health(absent=tuple(str(ref) for ref in references if ref not in found))

    def close(self) -> None:  # noqa: B027  # most backends hold nothing open, and a stub in each would say less
        """Give back connections, tokens and keys."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def merged(failed: Mapping[str, OrqoVaultError]) -> OrqoVaultError:
    """Return one error for the failures of a batch: the first one's class, every path named."""
    # A refusal among time-outs must not come back as a time-out: those may be retried or served stale.
    final = [error for error in failed.values() if not isinstance(error, BackendUnavailableError)]
    first = next(iter(final or failed.values()))
    if len(failed) == 1:
        return first
    message = "; ".join(dict.fromkeys(str(error) for error in failed.values()))
    return type(first)(message, hint=first.hint, paths=tuple(failed))
