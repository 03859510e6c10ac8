"""Loads the settings of a project: what was compiled before where nothing has changed, else the YAML.

This module and what it imports at the top is all that a run pays for when nothing has changed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings import compiled
from orqo_vault.settings.find import MAX_BYTES, choose_profile, find_base, layers_of, read_layer
from orqo_vault.settings.model import Settings

if TYPE_CHECKING:
    from orqo_vault.settings.layers import Layers

NONE_REPLACED: Mapping[Path, bytes] = {}


def load_settings(
    path: Path | None = None,
    *,
    profile: str | None = None,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    replaced: Mapping[Path, bytes] = NONE_REPLACED,
) -> Settings:
    """Return the validated settings.

    ``path`` is the base file; None means ``ORQO_VAULT_CONFIG``, else the nearest ``orqo-vault.yaml`` up to the git
    root. ``profile`` None means ``ORQO_VAULT_PROFILE``. The bytes in ``replaced`` stand in for files that are, or
    could be, layers: an editor validates a text with it before writing it.

    Raises :class:`~orqo_vault.errors.SettingsError` with file, line and column, and never with a value.
    """
    profile = choose_profile(profile, environ=environ)
    contents = _read(path, profile, environ, cwd, replaced)
    if replaced:
        return _built(contents, profile)
    folder = compiled.folder_of(environ, next(iter(contents)).parent)
    key = compiled.key_of(contents, profile)
    found = compiled.find(folder, key)
    if found is None:
        found = _built(contents, profile)
        compiled.keep(folder, key, found)
    return found


def read_settings(path: Path | None = None, *, profile: str | None = None, environ: Mapping[str, str]) -> Settings:
    """Return what :func:`load_settings` would, read anew; nothing is kept for the next time."""
    profile = choose_profile(profile, environ=environ)
    return _built(_read(path, profile, environ, None, NONE_REPLACED), profile)


def load_layers(
    path: Path | None = None, *, profile: str | None = None, environ: Mapping[str, str], cwd: Path | None = None
) -> Layers:
    """Return the layers that :func:`load_settings` would read, with the place of every value, not validated."""
    from orqo_vault.settings.build import build_layers

    profile = choose_profile(profile, environ=environ)
    return build_layers(_there(_read(path, profile, environ, cwd, NONE_REPLACED)))


def _read(
    path: Path | None,
    profile: str | None,
    environ: Mapping[str, str],
    cwd: Path | None,
    replaced: Mapping[Path, bytes],
) -> dict[Path, bytes | None]:
    """Return the bytes of every file that may be a layer, lowest first; None where there is no such file."""
    base = find_base(path, environ=environ, cwd=cwd)
    instead = {os.path.abspath(file): content for file, content in replaced.items()}
    contents: dict[Path, bytes | None] = {}
    for file in layers_of(base, profile):
        given = instead.get(str(file))
        contents[file] = given if given is not None else read_layer(file, limit=MAX_BYTES)
    if contents[base] is None:
        raise SettingsError(
            "there is no such settings file", hint="orqo-vault init makes one", location=Location(str(base))
        )
    if profile is not None and contents[layers_of(base, profile)[1]] is None:
        raise SettingsError(
            f"there is no such file for the profile {profile!r}",
            hint="make the file, or leave the profile out",
            location=Location(str(layers_of(base, profile)[1])),
        )
    return contents


def _there(contents: Mapping[Path, bytes | None]) -> dict[Path, bytes]:
    return {file: content for file, content in contents.items() if content is not None}


def _built(contents: Mapping[Path, bytes | None], profile: str | None) -> Settings:
    from orqo_vault.settings.build import build_settings  # pydantic, PyYAML, the plugins' entry points

    return build_settings(_there(contents), profile)
