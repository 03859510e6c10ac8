"""The editor of a vault's own files, and why those cannot be edited where they cannot."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from orqo_vault.credential import Credential
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.errors import SettingsError
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings
from orqo_vault.vault import Vault
from orqo_vault.vault.auditing import use


class ReadOnlySettingsError(SettingsError):
    """The settings file cannot be changed from here."""

    code = "read_only"


def editor_of(vault: Vault, guard: Callable[[Settings], None] | None = None) -> SettingsEditor:
    """Return what changes the files that the vault was opened from; ``guard`` may stop each edit."""
    settings = vault.settings
    reason = read_only_reason(vault)
    if reason is not None:
        raise ReadOnlySettingsError(reason)
    return SettingsEditor(settings.files[0], profile=settings.profile, environ=vault.surroundings.environ, guard=guard)


def read_only_reason(vault: Vault) -> str | None:
    """Return why the settings file cannot be changed, None where it can."""
    file = Path(os.path.realpath(vault.settings.files[0]))
    if not (file.stat().st_mode & 0o222 and os.access(file, os.W_OK)):
        return f"{file.name} is read-only here: it is changed where it comes from, and deployed"
    if not os.access(file.parent, os.W_OK):
        return f"the folder of {file.name} is read-only here: the file cannot be replaced"
    return None


@contextmanager
def recorded(vault: Vault, event: str, credential: Credential, fields: Iterable[str]) -> Iterator[None]:
    """Record a change before it is made; where it cannot be recorded and must be, it is not made.

    ``fields`` are those whose stored values change. An error of the block is recorded as a refusal.
    """
    with vault.asking(event, [credential]) as asked:
        asked.granted([use(credential, None, fields)])
        yield


def reopened(vault: Vault) -> Vault:
    """Return a vault with the settings as they are now, for the same purpose. It has logins of its own."""
    settings = vault.settings
    now = load_settings(settings.files[0], profile=settings.profile, environ=vault.surroundings.environ)
    return Vault(now, surroundings=vault.surroundings)
