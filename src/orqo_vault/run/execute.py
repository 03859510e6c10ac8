"""Starts the command in place of this process, so that signals, terminal and exit status are the child's own."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Mapping, Sequence
from typing import NoReturn

from orqo_vault.errors import DeliveryError

NOT_STARTED = 125
"""orqo-vault failed before the command; 126 and 127 are the command's own, as in env(1) and timeout(1)."""
CANNOT_EXECUTE = 126
NOT_FOUND = 127


class CannotStartError(DeliveryError):
    """The command could not be started; ``exit_code`` is what a shell would return."""

    code = "cannot_start"

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = status  # type: ignore[misc]  # one class, the status is the kernel's answer


def replace_process(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Become ``command``, found through the PATH of ``environment``; returns only by raising.

    Raises :class:`CannotStartError`: 127 not found, 126 found and not executable, 125 refused by the kernel because
    arguments and environment are too large together.
    """
    restore_signals()
    try:
        os.execvpe(command[0], list(command), dict(environment))  # noqa: S606  # no shell is the point
    except OSError as error:
        raise explained(command[0], error) from None
    raise AssertionError("execvpe returned")


def restore_signals() -> None:
    """Give the command the signals that Python ignores: they stay ignored through exec, and ``yes | head`` goes on."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def explained(program: str, error: OSError) -> CannotStartError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return CannotStartError(f"{program}: command not found", status=NOT_FOUND)
    if error.errno == errno.E2BIG:
        return CannotStartError(
            f"{program}: arguments and environment are too large together",
            status=NOT_STARTED,
            hint="select fewer credentials, or use --clean-env",
        )
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return CannotStartError(f"{program}: cannot execute: {reason}", status=CANNOT_EXECUTE)
