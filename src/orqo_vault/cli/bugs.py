"""Reports a bug of ours without showing a value: where it happened and of what class, never the exception's text."""

from __future__ import annotations

import traceback
from pathlib import Path

from orqo_vault.errors import OrqoVaultError


class BugError(OrqoVaultError):
    """Something that should not have been possible."""

    code = "bug"


def bug(error: Exception, *, frames: bool) -> BugError:
    """Return the error to show. ``frames`` adds the way there: files, lines and functions, no source, no locals."""
    stack = traceback.extract_tb(error.__traceback__, limit=None)
    places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in stack]
    message = f"internal error: {type(error).__name__} at {places[-1] if places else 'an unknown place'}"
    if frames:
        message = "\n".join([message, *places])
    return BugError(message, hint="this is a bug in orqo-vault: please report this line; -vv shows the way there")


def _short(filename: str) -> str:
    parts = Path(filename).parts
    for top in ("orqo_vault", "site-packages"):
        if top in parts:
            return "/".join(parts[parts.index(top) :])
    return "/".join(parts[-2:])
