"""Which backend a plugin's command is about."""

from __future__ import annotations

from orqo_vault.errors import SettingsError
from orqo_vault.planner.lookup import lookup
from orqo_vault.settings.model import Settings


def choose_backend(settings: Settings, type_name: str, name: str | None) -> str:
    """Return the named backend, else the default one, else the only one, of that type."""
    fitting = [each.name for each in settings.backends.values() if each.type == type_name]
    if name is not None:
        if lookup(settings.backends, name, "backend").type != type_name:
            raise SettingsError(
                f"backend {name!r} is not of type {type_name}", hint=f"of that type: {', '.join(fitting) or 'none'}"
            )
        return name
    if settings.default_backend in fitting:
        return str(settings.default_backend)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise SettingsError(
            f"no backend of type {type_name} is declared", hint=f"add under backends: local: {{type: {type_name}}}"
        )
    raise SettingsError(
        f"several backends are of type {type_name}: {', '.join(fitting)}", hint="say which with --backend NAME"
    )
