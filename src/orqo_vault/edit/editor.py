"""Adds, changes and removes the entries of a settings file: commented files stay commented, broken ones are refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from orqo_vault.edit import candidate, layer
from orqo_vault.edit.layer import Layer
from orqo_vault.edit.lock import edit_lock
from orqo_vault.edit.plain import NULL, leaves, plain
from orqo_vault.edit.renaming import renamed
from orqo_vault.edit.replacing import replace_content, sweep
from orqo_vault.errors import ConflictError, Location, SettingsError, UnknownCredentialError
from orqo_vault.settings.find import choose_profile, layers_of
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.model import Settings
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.state import project_state

Section = Literal["backends", "credentials", "llm", "runs"]
NOUNS = {"backends": "backend", "credentials": "credential", "llm": "llm config", "runs": "run"}

ATTEMPTS = 10
"""How often an edit is made anew because somebody else wrote the file in between."""

Keys = tuple[str, ...]
Edit = Callable[[Layers, list[Layer]], list[Layer]]
"""From what the files say to what they shall say; the first file is replaced first."""


class SettingsEditor:
    """The settings files of one project and profile, to be changed.

    Each method returns the file it edited, after the new text was read back, validated together with its layers and
    put in place as one step. Nothing is written when it raises: :class:`~orqo_vault.errors.SettingsError` when the
    result would not be valid, :class:`~orqo_vault.errors.ConflictError` when others keep writing the file.
    Comments, quotes, order and blank lines outside of what is edited keep their bytes. Values are plain data.
    """

    def __init__(
        self,
        path: Path,
        *,
        profile: str | None = None,
        environ: Mapping[str, str],
        guard: Callable[[Settings], None] | None = None,
    ) -> None:
        """``guard`` is called with the settings as they are just before an edit; what it raises stops the edit."""
        self.path = Path(os.path.abspath(path))
        self.profile = choose_profile(profile, environ=environ)
        self._environ = environ
        self._guard = guard

    def add(self, section: Section, name: str, entry: Mapping[str, Any]) -> Path:
        """Declare a new entry, in the profile's file when there is a profile, else in the base file.

        Keys of the entry that are None are left out.
        """
        return self._apply(_adding(section, name, entry, to_profile=self.profile is not None))

    def preview(self, section: Section, name: str, entry: Mapping[str, Any]) -> Settings:
        """Return the settings as :meth:`add` would make them; nothing is written."""
        edited = _adding(section, name, entry, to_profile=self.profile is not None)(*self._read())
        return candidate.settings_with(self.path, self.profile, self._environ, edited)

    def change(self, section: Section, name: str, changes: Mapping[str, Any]) -> Path:
        """Set keys of an entry; None removes a key, and a mapping is merged into the one that is there.

        :data:`~orqo_vault.edit.plain.NULL` writes ``null``: under ``env`` that is a value.

        One file is edited: the highest layer that already says something about one of these keys, so that the
        change has effect; else the lowest one that declares the entry.
        """
        return self._apply(_changing(section, name, changes))

    def preview_change(self, section: Section, name: str, changes: Mapping[str, Any]) -> Settings:
        """Return the settings as :meth:`change` would make them; nothing is written."""
        edited = _changing(section, name, changes)(*self._read())
        return candidate.settings_with(self.path, self.profile, self._environ, edited)

    def remove(self, section: Section, name: str, *, instead: str | None = None) -> Path:
        """Remove an entry from every layer that was read and declares it, highest first; return the lowest of them.

        ``instead`` names another credential or LLM config, which takes its place wherever these layers use it, in the
        same edit. A profile that is not selected keeps what it says about the entry; if that would then not be valid
        any more, nothing is removed.
        """
        place = _place(section, name)

        def edit(layers: Layers, files: list[Layer]) -> list[Layer]:
            _refuse_unknown(layers, place)
            if instead is not None:
                files = [renamed(file, section, name, instead) for file in files]
            dropped = [file.drop(place) if file.get(place) is not None else file for file in reversed(files)]
            return [file for file in dropped if file.is_changed]

        return self._apply(edit)

    def _apply(self, edit: Edit) -> Path:
        with edit_lock(project_state(self._environ, self.path.parent)):
            for _ in range(ATTEMPTS):
                edited = edit(*self._read())
                if self._guard is not None:  # read after the files were: a later change makes the edit begin anew
                    self._guard(candidate.settings_now(self.path, self.profile, self._environ))
                changed = [file for file in edited if file.is_changed]
                if changed:
                    candidate.settings_with(self.path, self.profile, self._environ, changed)
                if all(self._replace(file) for file in changed):
                    return edited[-1].path
        raise ConflictError(f"{self.path.name} changes while it is edited", hint="try again")

    def _read(self) -> tuple[Layers, list[Layer]]:
        read = [layer.read(path) for path in layers_of(self.path, self.profile)]
        if read[0][0].found is None:
            raise SettingsError("no such file", hint="orqo-vault init makes one", location=Location(str(self.path)))
        return Layers(tuple(document for _, document in read)), [file for file, _ in read]

    def _replace(self, file: Layer) -> bool:
        sweep(file.path)
        return replace_content(file.path, file.found, file.content)


def _adding(section: Section, name: str, entry: Mapping[str, Any], *, to_profile: bool) -> Edit:
    place = _place(section, name)
    content = {key: value for key, value in plain(entry).items() if value is not None}

    def edit(layers: Layers, files: list[Layer]) -> list[Layer]:
        target = 1 if to_profile else 0
        for index, file in enumerate(files):
            # A null above the target would take the new entry away again.
            if file.get(place) is not None or (index > target and file.has(place)):
                raise SettingsError(
                    f"{NOUNS[section]} {name!r} is already there",
                    location=layers.documents[index].location(place, key=True),
                )
        return [files[target].put(place, content)]

    return edit


def _changing(section: Section, name: str, changes: Mapping[str, Any]) -> Edit:
    place, wanted = _place(section, name), list(leaves(changes))

    def edit(layers: Layers, files: list[Layer]) -> list[Layer]:
        _refuse_unknown(layers, place)
        declaring = {layers.declaring((*place, *keys)).file for keys, _ in wanted}
        index = max((i for i, file in enumerate(files) if str(file.path) in declaring), default=0)
        return [_changed(files[index], files[:index], place, wanted)]

    return edit


def _place(section: Section, name: str) -> tuple[str, str]:
    if section not in get_args(Section):
        raise ValueError(f"a section is one of {', '.join(get_args(Section))}")
    return section, name


def _refuse_unknown(layers: Layers, place: tuple[str, str]) -> None:
    section, name = place
    declared = layers.data.get(section) or {}
    if declared.get(name) is None:
        hint = did_you_mean(name, declared, "declared")
        raise UnknownCredentialError(f"{NOUNS[section]} {name!r} is not declared", hint=hint)


def _changed(target: Layer, lower: list[Layer], place: tuple[str, str], wanted: Iterable[tuple[Keys, Any]]) -> Layer:
    for keys, value in wanted:
        path = (*place, *keys)
        if value is not None:
            target = target.put(path, None if value is NULL else plain(value))
        elif any(file.get(path) is not None for file in lower):
            if "env" in keys[:-1]:  # a null there says: do not inject
                raise SettingsError(f"{'.'.join(path)} is in more than one file", hint="remove it there by hand")
            target = target.put(path, None)  # dropping it here would only uncover what a lower layer says
        elif target.has(path):
            target = target.drop(path)
    return target
