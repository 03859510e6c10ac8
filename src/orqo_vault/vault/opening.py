"""Reads the three files a vault is made from: the project's, the user's and the operator's."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orqo_vault.errors import without_frames
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings
from orqo_vault.settings.operator import load_operator
from orqo_vault.settings.user import load_user_config
from orqo_vault.vault.surroundings import Surroundings

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Operator


@without_frames
def open_settings(
    path: str | os.PathLike[str] | None,
    profile: str | None,
    operator: str | os.PathLike[str] | None,
    around: Surroundings,
) -> tuple[Settings, Surroundings]:
    """Return the project's settings, and the surroundings with what the user's and operator's files add.

    A project file can loosen neither: what it says about trust is an unknown key.
    """
    settings = load_settings(Path(path) if path is not None else None, profile=profile, environ=around.environ)
    user = load_user_config(around.environ)
    trusted = load_operator(Path(operator) if operator is not None else None)
    return settings, replace(
        around,
        rollback="warn" if "warn" in (around.rollback, user.rollback) else "refuse",
        allowed_hosts=around.allowed_hosts | user.allowed_hosts | (trusted.allowed_hosts if trusted else frozenset()),
        audit=trusted.audit if trusted else around.audit,
        organization=_organization_in(trusted) if trusted else around.organization,
        operator=trusted or around.operator,
    )


def _organization_in(operator: Operator) -> str | None:
    from orqo_vault.vault.caller import caller_of  # most machines have no operator

    return caller_of(operator).organization
