"""Finds plugins by the name the settings use and imports only the one that was asked for.

The entry point's name *is* the type. A name claimed by two distributions is an error, found before either is
imported: which code sees a secret must not depend on the order of an index.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from orqo_vault.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import click

    from orqo_vault.audit import AuditSink
    from orqo_vault.backend import Backend
    from orqo_vault.credential_types import CredentialType
    from orqo_vault.platform_keys import PlatformKeys

BACKENDS = "orqo_vault.backends"
CREDENTIAL_TYPES = "orqo_vault.credential_types"
COMMANDS = "orqo_vault.commands"
AUDIT = "orqo_vault.audit"
PLATFORM_PROVIDERS = "orqo_vault.platform_providers"


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


def distributions() -> list[tuple[str, str, str]]:
    """Return name, version and the versions of orqo-vault it wants, of every installed distribution of a plugin."""
    found = {
        point.dist.name: point.dist
        for group in (BACKENDS, CREDENTIAL_TYPES, COMMANDS)
        for points in installed(group).values()
        for point in points
        if point.dist is not None
    }
    return [
        (name, found[name].version, wanted) for name in sorted(found) for wanted in _wanted(found[name].requires or ())
    ]


def _wanted(requirements: Iterable[str]) -> list[str]:
    """Return what is said of our own version: ``>=0.1,<0.2`` of ``orqo-vault>=0.1,<0.2``."""
    said = (re.fullmatch(r"orqo[-_.]vault(?:\[.*\])?\s*\(?([^;)]*)\)?\s*(;.*)?", each) for each in requirements)
    return [found[1].strip() for found in said if found is not None and not found[2]]


def backend_class(name: str) -> type[Backend]:
    """Return the backend class of that type."""
    from orqo_vault.backend import Backend

    found = _handed_over(BACKENDS, name, "orqo_vault_backend", "backend type")
    if not (isinstance(found, type) and issubclass(found, Backend)):
        raise PluginError(f"plugin for backend type {name!r} hands over no Backend class")
    _same_name(name, getattr(found, "type_name", None), "backend type")
    _nothing_missing(name, found, "backend type")
    return found


@cache
def credential_type(name: str) -> CredentialType:
    """Return the one instance of the credential type of that name."""
    from orqo_vault.credential_types import CredentialType

    found = _handed_over(CREDENTIAL_TYPES, name, "orqo_vault_credential_type", "credential type")
    if not (isinstance(found, type) and issubclass(found, CredentialType)):
        raise PluginError(f"plugin for credential type {name!r} hands over no CredentialType class")
    _same_name(name, getattr(found, "name", None), "credential type")
    return found()


def audit_sink(name: str) -> type[AuditSink]:
    """Return the audit sink class of that type."""
    from orqo_vault.audit import AuditSink

    found = _handed_over(AUDIT, name, "orqo_vault_audit_sink", "audit sink")
    if not (isinstance(found, type) and issubclass(found, AuditSink)):
        raise PluginError(f"plugin for audit sink {name!r} hands over no AuditSink class")
    _same_name(name, getattr(found, "type_name", None), "audit sink")
    _nothing_missing(name, found, "audit sink")
    return found


def platform_provider(name: str) -> type[PlatformKeys]:
    """Return the class that supplies platform keys in that way."""
    from orqo_vault.platform_keys import PlatformKeys

    found = _handed_over(PLATFORM_PROVIDERS, name, "orqo_vault_platform_provider", "platform provider")
    if not (isinstance(found, type) and issubclass(found, PlatformKeys)):
        raise PluginError(f"plugin for platform provider {name!r} hands over no PlatformKeys class")
    _same_name(name, getattr(found, "type_name", None), "platform provider")
    _nothing_missing(name, found, "platform provider")
    return found


def command(name: str) -> click.Command:
    """Return the command a plugin adds under that name."""
    import click

    found = _handed_over(COMMANDS, name, "orqo_vault_command", "command")
    if not isinstance(found, click.Command):
        raise PluginError(f"plugin for command {name!r} hands over no click command")
    return found


def _same_name(asked: str, handed: str | None, what: str) -> None:
    if handed != asked:
        raise PluginError(f"plugin for {what} {asked!r} hands over one that is named {handed!r}")


def _nothing_missing(name: str, found: type, what: str) -> None:
    missing = sorted(getattr(found, "__abstractmethods__", ()))
    if missing:
        raise PluginError(f"plugin for {what} {name!r} hands over one without {', '.join(missing)}")


def _handed_over(group: str, name: str, hook: str, what: str) -> Any:
    point = _only_claim(group, name, what)
    try:
        found = _asked(point.load(), name, hook)
    except Exception as error:  # a plugin may do anything while it is imported
        missing = f" {error.name!r}" if isinstance(error, ModuleNotFoundError) else ""
        raise PluginError(
            f"{what} {name!r}: {_owner(point)} cannot be loaded: {type(error).__name__}{missing}",
            hint=f"python -c 'import {point.module} as plugin; plugin.{hook}()' shows the reason",
        ) from None
    if len(found) != 1:
        raise PluginError(f"{what} {name!r}: {point.value} of {_owner(point)} does not implement {hook}")
    return found[0]


def _asked(plugin: Any, name: str, hook: str) -> list[Any]:
    """Return what this one plugin answers; no other is registered."""
    import pluggy

    from orqo_vault import hookspecs
    from orqo_vault.markers import PROJECT

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name)
    answers: list[Any] = getattr(manager.hook, hook)()
    return answers


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


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
        owners = ", ".join(sorted(map(_owner, claims)))
        raise PluginError(
            f"{what} {name!r} is claimed by more than one distribution: {owners}",
            hint="uninstall all but one",
        )
    return claims[0]
