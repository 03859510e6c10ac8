"""The root of all errors, and the kinds directly below it that have no family of their own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import ClassVar, NamedTuple, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Location(NamedTuple):
    """A place in a settings file; line and column count from 1, None when the file has no such place."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


class OrqoVaultError(Exception):
    """The root: catch this to catch everything orqo-vault raises on purpose."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        paths: Iterable[str] = (),
        location: Location | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.paths = tuple(paths)
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword arguments do not survive Exception's own reduce, and engines do send errors between processes.
        return _rebuild, (type(self), self.message, self.hint, self.paths, self.location), vars(self)


def _rebuild(
    kind: type[OrqoVaultError],
    message: str,
    hint: str | None,
    paths: tuple[str, ...],
    location: Location | None,
) -> OrqoVaultError:
    return kind(message, hint=hint, paths=paths, location=location)


def without_frames(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let errors of ours leave ``function`` without the frames below it.

    Their locals hold plain values, and crash reporters send locals. For functions whose own arguments do not.
    """

    @functools.wraps(function)
    def called(*arguments: _P.args, **more: _P.kwargs) -> _R:
        try:
            return function(*arguments, **more)
        except OrqoVaultError as error:
            caught = error
        caught.__context__ = None
        try:
            raise caught.with_traceback(None) from caught.__cause__
        finally:
            del caught  # an error and the frame that holds it keep each other alive

    return called


class SettingsError(OrqoVaultError):
    """The settings are wrong."""

    exit_code = 4
    code = "settings"


class PluginError(OrqoVaultError):
    """A plugin is missing, claimed twice or cannot be imported."""

    exit_code = 4
    code = "plugin"


class DeliveryError(OrqoVaultError):
    """A value cannot be handed to the child process."""

    code = "delivery"


class AuditError(OrqoVaultError):
    """An audit record cannot be written; where the operator wants it so, nothing was handed over then."""

    code = "audit"


class AuditTamperedError(AuditError):
    """The audit log is not what was written: changed, or cut."""

    exit_code = 8
    code = "audit_tampered"


class SourceError(OrqoVaultError):
    """A file that is to be imported cannot be read as what it was said to be."""

    code = "source"
