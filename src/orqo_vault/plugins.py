"""Finds plugins by the name the settings use and imports only the one that was asked for.

The entry point's name *is* the type. A name claimed by two distributions is an error, found before either is
imported: which code sees a secret must not depend on the order of an index.
"""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any

from orqo_vault.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import click

    from orqo_vault.backend import Backend
    from orqo_vault.credential_types import CredentialType

BACKENDS = "orqo_vault.backends"
CREDENTIAL_TYPES = "orqo_vault.credential_types"
COMMANDS = "orqo_vault.commands"


@cache
def installed(group: str) -> dict[str, tuple[EntryPoint, ...]]:
    """Return the entry points of a group by name, without importing one."""
    from importlib.metadata import entry_points  # 45 ms: a run with a compiled plan does not come here

    found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
    for point in entry_points(group=group):
        # One distribution may be listed twice (an editable install beside a stale one): that is one claim.
        owner = point.dist.name if point.dist else ""
        found.setdefault(point.name, {}).setdefault((owner, point.value), point)
    return {name: tuple(points.values()) for name, points in sorted(found.items())}


def backend_class(name: str) -> type[Backend]:
    """Return the backend class of that type."""
    from orqo_vault.backend import Backend

    found = _handed_over(BACKENDS, name, "orqo_vault_backend", "backend type")
    if not (isinstance(found, type) and issubclass(found, Backend)):
        raise PluginError(f"plugin for backend type {name!r} hands over no Backend class")
    if found.type_name != name:
        raise PluginError(f"plugin for backend type {name!r} hands over one that is named {found.type_name!r}")
    return found


@cache
def credential_type(name: str) -> CredentialType:
    """Return the one instance of the credential type of that name."""
    from orqo_vault.credential_types import CredentialType

    found = _handed_over(CREDENTIAL_TYPES, name, "orqo_vault_credential_type", "credential type")
    if not (isinstance(found, type) and issubclass(found, CredentialType)):
        raise PluginError(f"plugin for credential type {name!r} hands over no CredentialType class")
    if found.name != name:
        raise PluginError(f"plugin for credential type {name!r} hands over one that is named {found.name!r}")
    return found()


def command(name: str) -> click.Command:
    """Return the command a plugin adds under that name."""
    found: click.Command = _handed_over(COMMANDS, name, "orqo_vault_command", "command")
    return found


def _handed_over(group: str, name: str, hook: str, what: str) -> Any:
    point = _only_claim(group, name, what)
    try:
        module = point.load()
    except Exception as error:
        owner = point.dist.name if point.dist else point.value
        raise PluginError(
            f"{what} {name!r}: {owner} cannot be imported: {type(error).__name__}",
            hint=f"python -c 'import {point.module}' shows the reason",
        ) from None

    import pluggy

    from orqo_vault import hookspecs
    from orqo_vault.markers import PROJECT

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(module, name)
    found = getattr(manager.hook, hook)()
    if len(found) != 1:
        raise PluginError(f"{what} {name!r}: {point.value} does not implement {hook}")
    return found[0]


def _only_claim(group: str, name: str, what: str) -> EntryPoint:
    known = installed(group)
    claims = known.get(name, ())
    if not claims:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PluginError(
            f"{what} {name!r} is not installed",
            hint=f"{hint}installed: {', '.join(known) or 'none'}",
        )
    if len(claims) > 1:
        owners = ", ".join(sorted(point.dist.name if point.dist else point.value for point in claims))
        raise PluginError(
            f"{what} {name!r} is claimed by more than one distribution: {owners}",
            hint="uninstall all but one",
        )
    return claims[0]
