"""``${VAR}`` in the settings of a backend, expanded when the backend is used, never when the file is read or edited.

=====================  ================================================================
``${VAR}``             the variable; not set is an error
``${VAR:-default}``    ``default`` where the variable is not set or empty
``${VAR-default}``     ``default`` where the variable is not set
``${VAR:?message}``    an error that says ``message`` where the variable is not set or empty
``${VAR?message}``     the same where it is not set
``$$``                 one ``$``
=====================  ================================================================

A ``$`` before anything else is itself. What is expanded is not expanded again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orqo_vault.errors import SettingsError

_REFERENCE = re.compile(
    r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<rule>:?[-?])(?P<rest>[^{}$]*))?\}|(?P<broken>\{))"
)


def refers(value: Any) -> bool:
    """Tell whether a ``$`` in this value (or in what it contains) would be expanded."""
    if isinstance(value, str):
        return _REFERENCE.search(value) is not None
    if isinstance(value, Mapping):
        return any(refers(each) for each in value.values())
    return isinstance(value, list) and any(refers(each) for each in value)


def is_well_formed(text: str) -> bool:
    """Tell whether every ``${`` in the text is one of the forms above."""
    return not any(found["broken"] for found in _REFERENCE.finditer(text))


def expand(options: Any, environ: Mapping[str, str], where: str) -> Any:
    """Return ``options`` with every reference in its texts expanded; keys stay as they are.

    ``where`` names the options in errors: :class:`~orqo_vault.errors.SettingsError` names the variable, never what
    it holds.
    """
    if isinstance(options, str):
        return _REFERENCE.sub(lambda found: _replacement(found, environ, where), options)
    if isinstance(options, Mapping):
        return {key: expand(value, environ, f"{where}.{key}") for key, value in options.items()}
    if isinstance(options, list):
        return [expand(value, environ, f"{where}[{index}]") for index, value in enumerate(options)]
    return options


def _replacement(found: re.Match[str], environ: Mapping[str, str], where: str) -> str:
    if found["dollar"]:
        return "$"
    if found["broken"]:
        raise SettingsError(f"{where}: a ${{ without an end, or with something else than a name in it", hint=FORMS)
    name, rule, rest = found["name"], found["rule"] or "", found["rest"] or ""
    value = environ.get(name)
    if value is not None and (value or not rule.startswith(":")):
        return value
    if rule.endswith("-"):
        return rest
    state = "is not set" if value is None else "is empty"
    if rule.endswith("?") and rest:
        raise SettingsError(f"{where}: {name} {state}: {rest}")
    raise SettingsError(f"{where}: {name} {state}", hint=f"set {name}, or give a default: ${{{name}:-…}}")


FORMS = "write ${VAR}, ${VAR:-default} or ${VAR:?message}; a $ of its own is $$"
