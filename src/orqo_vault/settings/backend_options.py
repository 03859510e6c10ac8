"""Turns what the settings say about a backend, or about a place in it, into the objects its plugin declares.

What was validated when the file was read is only rebuilt: a run then needs no pydantic. Everything else (a
``${VAR}``, a plugin that was installed since) is validated here, at use.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from orqo_vault.errors import OrqoVaultError, PluginError, SettingsError

if TYPE_CHECKING:
    from pydantic import ValidationError

    from orqo_vault.backend import Backend
    from orqo_vault.settings.model import BackendDeclaration


def backend_settings(declaration: BackendDeclaration, cls: type[Backend], environ: Mapping[str, str]) -> Any:
    """Return the backend's settings, with every ``${VAR}`` expanded.

    Raises :class:`~orqo_vault.errors.SettingsError` for what is wrong with them; it names no value.
    """
    if declaration.class_path is not None:
        rebuilt = rebuild(cls.Settings, declaration.options)
        if rebuilt is not None:
            return rebuilt
    from orqo_vault.settings.interpolation import expand

    where = f"backends.{declaration.name}"
    return _validated(cls.Settings, expand(declaration.options, environ, where), where)


def backend_reference(declaration: BackendDeclaration, cls: type[Backend], at: Mapping[str, Any], where: str) -> Any:
    """Return the backend's reference for a credential's ``at``; ``where`` names the credential in errors."""
    if declaration.class_path is not None:
        rebuilt = rebuild(cls.Reference, at)
        if rebuilt is not None:
            return rebuilt
    return _validated(cls.Reference, dict(at), where)


def rebuild(cls: Any, options: Mapping[str, Any]) -> Any:
    """Return ``cls(**options)``, None where that is not possible without converting something first."""
    try:
        return cls(**options)
    except Exception:  # a plugin's own checks, given values of types they do not expect: the slow way decides
        return None


def validated_by_plugin(cls: Any, options: dict[str, Any]) -> Any:
    """Return ``options`` as the plugin's class.

    Raises pydantic's ``ValidationError`` for what is wrong with them, and
    :class:`~orqo_vault.errors.PluginError` where the plugin's own code fails.
    """
    from pydantic import ValidationError

    try:
        return adapter(cls).validate_python(options)
    except (ValidationError, OrqoVaultError):
        raise
    except Exception as error:  # a bug in the plugin; its text may quote what it was given
        raise _bug(cls, error) from None


@cache
def adapter(cls: Any) -> Any:
    """Return pydantic's adapter for a class that a plugin declares; ``PluginError`` where it cannot be made."""
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(cls)
    except Exception as error:  # a bug in the plugin
        raise _bug(cls, error) from None


def _bug(cls: Any, error: Exception) -> PluginError:
    return PluginError(f"{cls.__module__}.{cls.__qualname__}: {type(error).__name__} in the plugin's own code")


def _validated(cls: Any, options: dict[str, Any], where: str) -> Any:
    from pydantic import ValidationError

    try:
        return validated_by_plugin(cls, options)
    except ValidationError as error:
        _refuse(error, options, where)


def _refuse(error: ValidationError, options: dict[str, Any], where: str) -> NoReturn:
    from orqo_vault.settings.draft import dotted
    from orqo_vault.settings.validate import complaints, most_telling

    first = most_telling(complaints(error, options))
    place = ".".join(part for part in (where, dotted(first.path, known=not first.about_key)) if part)
    raise SettingsError(f"{place}: {first.reason}", hint=first.hint) from None
