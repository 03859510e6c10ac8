"""The manifest of a run: what it was given, from where, in which version. Names only, never a value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orqo_vault.audit import Use
from orqo_vault.state import project_state
from orqo_vault.vault.prepared import PreparedRun
from orqo_vault.vault.vault import Vault

SCHEMA_VERSION = 1


def manifest(prepared: PreparedRun, vault: Vault) -> dict[str, Any]:
    """Return what the run was given, ready for JSON. ``schema_version`` grows when a key changes or goes."""
    settings = vault.settings
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": prepared.id,
        "run": prepared.plan.run.name or None,
        "time": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "project": project_state(vault.surroundings.environ, settings.base_dir).name,
        "files": [str(each) for each in settings.files],
        "profile": settings.profile,
        "organization": vault.surroundings.organization or settings.organization,
        "credentials": [_credential(each, prepared) for each in prepared.uses],
        "removed": list(prepared.plan.removed),
    }


def _credential(use: Use, prepared: PreparedRun) -> dict[str, Any]:
    planned = next(each for each in prepared.plan.credentials if each.id == use.credential)
    return {
        "id": use.credential,
        "mode": use.mode,
        "backend": planned.backend,
        "path": planned.path,
        "version": use.version,
        "lease": use.lease,
        "fields": _fields(use, prepared),
    }


def _fields(use: Use, prepared: PreparedRun) -> dict[str, Any]:
    """Return field → how it is delivered and the variables that are set for it; what the run does not get is absent."""
    fields: dict[str, Any] = {}
    for variable in prepared.plan.variables:
        if variable.credential == use.credential and variable.name in prepared.variables:
            entry = fields.setdefault(variable.field, {"deliver": variable.deliver, "variables": []})
            entry["variables"].append(variable.name)
    for delivery in prepared.plan.deliveries:
        if delivery.credential == use.credential and delivery.field in use.fields:  # one that no variable leads to
            fields.setdefault(delivery.field, {"deliver": delivery.how, "variables": []})
    return fields
