"""Validates settings files before they are written, under every profile that reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from orqo_vault.edit.layer import Layer
from orqo_vault.errors import Location, OrqoVaultError, SettingsError
from orqo_vault.settings.find import LOCAL, PROFILE_VARIABLE
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings


def settings_with(base: Path, profile: str | None, environ: Mapping[str, str], changed: Sequence[Layer]) -> Settings:
    """Return the settings as they are with the changed files in place.

    Raises :class:`~orqo_vault.errors.SettingsError` unless they load. Settings that did not load before say so with
    their own error, if this edit does not mend them. Other profiles may stay broken, but no edit breaks one.
    """
    replaced = {file.path: file.content for file in changed}
    try:
        settings = _load(base, profile, environ, replaced)
    except OrqoVaultError as error:
        # Before its first entry a profile has no file and does not load: that is not what is wrong.
        is_new = any(file.found is None for file in changed)
        raise (None if is_new else _problem(base, profile, environ, {})) or _about(error, "") from None
    for view in sorted(_views(base) - {profile}, key=str):
        broken = _problem(base, view, environ, replaced)
        if broken and not _problem(base, view, environ, {}):
            raise _about(broken, f"profile {view!r} would no longer load: " if view else "without a profile: ")
    return settings


def settings_now(base: Path, profile: str | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings as they are."""
    return _load(base, profile, environ, {})


def _problem(
    base: Path, profile: str | None, environ: Mapping[str, str], replaced: Mapping[Path, bytes]
) -> OrqoVaultError | None:
    try:
        _load(base, profile, environ, replaced)
    except OrqoVaultError as error:
        return error
    return None


def _load(base: Path, profile: str | None, environ: Mapping[str, str], replaced: Mapping[Path, bytes]) -> Settings:
    chosen = {name: value for name, value in environ.items() if name != PROFILE_VARIABLE}
    return load_settings(base, profile=profile, environ=chosen, cwd=base.parent, replaced=replaced)


def _views(base: Path) -> set[str | None]:
    """Return the profiles that have a file beside the base, and None: without a profile."""
    named = re.compile(rf"{re.escape(base.stem)}\.([a-z0-9_-]+){re.escape(base.suffix)}")
    found = (named.fullmatch(name) for name in os.listdir(base.parent))
    return {None, *(match[1] for match in found if match)} - {LOCAL}


def _about(broken: OrqoVaultError, view: str) -> SettingsError:
    # The place is in a text that nobody will see: it was not written. The message names the key.
    where = Location(broken.location.file) if broken.location else None
    return SettingsError(f"{view}{broken.message}", hint=broken.hint, paths=broken.paths, location=where)
