"""What goes wrong, as an answer: a code and a sentence that hold no value, and a number to find it in the log by."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from orqo_vault.errors import (
    AccessDeniedError,
    AuditError,
    BackendUnavailableError,
    ConflictError,
    CredentialError,
    CreditsError,
    InUseError,
    InvalidFieldError,
    OrqoVaultError,
    PendingDeletionError,
    PluginError,
    SettingsError,
    UnknownCredentialError,
)
from orqo_vault.web.service.editing import ReadOnlySettingsError
from orqo_vault.web.service.revisions import ChangedMeanwhileError

log = logging.getLogger("orqo_vault.web")

STATUSES: Mapping[type[OrqoVaultError], int] = {
    UnknownCredentialError: 404,
    InUseError: 409,
    InvalidFieldError: 422,
    CredentialError: 422,
    ReadOnlySettingsError: 403,
    SettingsError: 422,
    PluginError: 422,
    CreditsError: 402,
    AuditError: 503,
    BackendUnavailableError: 503,
    AccessDeniedError: 403,
    ChangedMeanwhileError: 412,
    ConflictError: 409,
    PendingDeletionError: 409,
    OrqoVaultError: 500,
}
"""The nearest class up the tree decides. 500 is for what is broken on our side: a damaged store, a bug."""


class Refusal(Exception):  # noqa: N818  # not an error of ours: what the asker is told
    """A request that is not obeyed. ``more`` are further facts of the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        retry_after: float | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.retry_after = retry_after
        self.more = more
        self.correlation_id = secrets.token_hex(8)


def refusal_of(error: OrqoVaultError) -> Refusal:
    """Return what the asker is told of an error. The place in the settings file is part of it, no value ever is."""
    status = next(STATUSES[each] for each in type(error).__mro__ if each in STATUSES)
    refusal = Refusal(status, error.code, str(error), hint=error.hint)
    log.info("%s: %s: %s", refusal.correlation_id, error.code, error)
    return refusal


def bug(error: Exception) -> Refusal:
    """Return what the asker is told of a bug of ours: nothing but where to look it up.

    The log gets the exception's name and place; its text may quote what it was given.
    """
    refusal = Refusal(500, "internal", "something is wrong on this side", hint="the log has it by its correlation id")
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame is not None else "?"
    log.error("%s: %s at %s", refusal.correlation_id, type(error).__name__, place)
    return refusal


def as_response(refusal: Refusal) -> JSONResponse:
    """Return the refusal as JSON."""
    said = {
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
        "correlation_id": refusal.correlation_id,
        **refusal.more,
    }
    wait = {"Retry-After": str(math.ceil(refusal.retry_after))} if refusal.retry_after is not None else {}
    return JSONResponse({"error": said}, refusal.status, wait)
