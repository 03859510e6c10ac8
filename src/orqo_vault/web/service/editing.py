"""The editor of a vault's own files, and why those cannot be edited where they cannot."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.settings.model import Settings
from orqo_vault.vault import Vault


def editor_of(vault: Vault, guard: Callable[[Settings], None] | None = None) -> SettingsEditor:
    """Return what changes the files that the vault was opened from; ``guard`` may stop each edit."""
    settings = vault.settings
    return SettingsEditor(settings.files[0], profile=settings.profile, environ=vault.surroundings.environ, guard=guard)


def read_only_reason(vault: Vault) -> str | None:
    """Return why the settings file cannot be changed, None where it can."""
    file = Path(os.path.realpath(vault.settings.files[0]))
    if not (file.stat().st_mode & 0o222 and os.access(file, os.W_OK)):
        return f"{file.name} is read-only here: it is changed where it comes from, and deployed"
    if not os.access(file.parent, os.W_OK):
        return f"the folder of {file.name} is read-only here: the file cannot be replaced"
    return None
