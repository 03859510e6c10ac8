"""Reads ``backends:``. A plugin that is installed validates its own options; one that is not is no error yet."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from typing import Any

from pydantic import ValidationError

from orqo_vault.backend import Backend
from orqo_vault.backend.logins import NAMES_A_VARIABLE, named_variables
from orqo_vault.errors import PluginError
from orqo_vault.plugins import BACKENDS, backend_class, installed
from orqo_vault.settings.backend_options import rebuild, validated_by_plugin
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft, split_extensions
from orqo_vault.settings.interpolation import FORMS, is_well_formed, refers
from orqo_vault.settings.model import BackendDeclaration
from orqo_vault.settings.nearest import nearest
from orqo_vault.settings.schema import NAME, NAME_IN_WORDS, BackendEntry
from orqo_vault.settings.validate import ABSENT, UNKNOWN_KEY, Complaint, complaints, explained, validated


@dataclass(slots=True)
class DeclaredBackend:
    """One backend while the settings are read."""

    name: str
    type_name: str
    options: dict[str, Any]
    cls: type[Backend] | None
    """None while its plugin is not installed."""
    login_variables: frozenset[str] | None
    """What opens it; None where nobody can tell."""
    rebuildable: bool
    """Whether a run can make its settings and references from the file's own values, without validating again."""

    def check_reference(self, at: dict[str, Any], draft: Draft, path: KeyPath) -> None:
        """Raise unless the backend's Reference takes ``at``, which stands at ``path``."""
        if self.cls is None:
            return
        if at.keys() == {"path"} and rebuild(self.cls.Reference, at) is not None:
            return  # nearly all of them; a text as its path is what every Reference takes
        try:
            reference = validated_by_plugin(self.cls.Reference, at)
        except ValidationError as error:
            raise explained(complaints(error, at), draft, path, known=_names(self.cls.Reference)) from None
        self.rebuildable = self.rebuildable and rebuild(self.cls.Reference, at) == reference

    def declaration(self) -> BackendDeclaration:
        """Return what the rest of the product sees; ask when every reference has been checked."""
        path = _class_path(self.cls) if self.cls is not None and self.rebuildable else None
        known = self.login_variables is not None
        bootstrap = self.login_variables if self.login_variables is not None else named_variables(self.options)
        return BackendDeclaration(self.name, self.type_name, self.options, path, tuple(sorted(bootstrap)), known)


def read_backends(draft: Draft) -> dict[str, DeclaredBackend]:
    """Return the backends by name, validated as far as their plugins are installed."""
    return {name: _read(name, entry, draft) for name, entry in draft.section("backends", NAME, NAME_IN_WORDS)}


def _read(name: str, entry: dict[str, Any], draft: Draft) -> DeclaredBackend:
    path = ("backends", name)
    type_name = validated(BackendEntry, split_extensions(entry)[0], draft, path).type
    options: dict[str, Any] = _pruned({key: value for key, value in entry.items() if key != "type"})
    _check_references(options, draft, path)
    cls = _class_of(type_name, draft, (*path, "type"))
    rebuildable = cls is not None and _check_options(cls, options, draft, path)
    logins = _login_variables(cls, options, draft, path) if cls is not None else None
    return DeclaredBackend(name, type_name, options, cls, logins, rebuildable)


def _pruned(value: Any) -> Any:
    """Return options without ``x-…`` keys and without keys whose value is null: those are as good as left out."""
    if not isinstance(value, dict):
        return value
    plain, _ = split_extensions(value)
    return {key: _pruned(below) for key, below in plain.items() if below is not None}


def _check_references(value: Any, draft: Draft, path: KeyPath) -> None:
    if isinstance(value, str) and not is_well_formed(value):
        draft.refuse(path, "a ${ without an end, or with something else than a name in it", hint=FORMS)
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, each in below:
        if str(part).endswith(NAMES_A_VARIABLE) and refers(each):
            # What it names is kept from every child, so it must be known without an environment.
            draft.refuse((*path, part), "names a variable: write its name, not a ${…}")
        _check_references(each, draft, (*path, part))


def _class_of(type_name: str, draft: Draft, path: KeyPath) -> type[Backend] | None:
    known = installed(BACKENDS)
    if type_name not in known:
        near = nearest(type_name, known)
        if near:
            draft.warn(path, f"no backend of that type is installed; did you mean {near!r}?")
        return None
    try:
        return backend_class(type_name)
    except PluginError as error:
        # Whoever uses the backend is told then; everybody else's credentials work.
        draft.warn(path, error.message)
        return None


def _login_variables(cls: type[Backend], options: dict[str, Any], draft: Draft, path: KeyPath) -> frozenset[str] | None:
    try:
        return frozenset(cls.login_variables(options))
    except Exception as error:  # a bug in the plugin; its text may quote what it was given
        draft.warn(path, f"its plugin cannot say which variables open it: {type(error).__name__}")
        return None


def _check_options(cls: type[Backend], options: dict[str, Any], draft: Draft, path: KeyPath) -> bool:
    """Raise for options the plugin refuses; tell whether its settings can be made from them as they are."""
    try:
        settings = validated_by_plugin(cls.Settings, options)
    except ValidationError as error:
        # What depends on a variable is judged when it is known: at use.
        found = [each for each in complaints(error, options) if _is_certain(each)]
        if found:
            raise explained(found, draft, path, known=("type", *_names(cls.Settings))) from None
        return False
    except PluginError as error:
        draft.warn(path, error.message)
        return False
    return not refers(options) and rebuild(cls.Settings, options) == settings


def _is_certain(complaint: Complaint) -> bool:
    return complaint.kind in (UNKNOWN_KEY, ABSENT) or not refers(complaint.written)


def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if field.init)


def _class_path(cls: type[Backend]) -> str | None:
    module, name = cls.__module__, cls.__name__
    return f"{module}:{name}" if getattr(sys.modules.get(module), name, None) is cls else None
