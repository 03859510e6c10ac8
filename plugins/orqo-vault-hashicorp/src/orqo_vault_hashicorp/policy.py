"""The least ACL policy for exactly the references of a settings file."""

from __future__ import annotations

from collections.abc import Sequence

from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings


def acl_policy(settings: HashicorpSettings, references: Sequence[HashicorpReference]) -> str:
    """Return HCL. Renewing and giving back our own token is in Vault's ``default`` policy and not repeated."""
    rules: dict[str, tuple[str, ...]] = {}
    for reference in references:
        path, capabilities = _needs(settings, reference)
        rules[path] = tuple(dict.fromkeys((*rules.get(path, ()), *capabilities)))
    if any(reference.engine is not None for reference in references):
        rules["sys/leases/renew"] = ("update",)
        rules["sys/leases/revoke"] = ("update",)
    return "\n".join(_rule(path, capabilities) for path, capabilities in sorted(rules.items()))


def _needs(settings: HashicorpSettings, reference: HashicorpReference) -> tuple[str, tuple[str, ...]]:
    if reference.engine is not None:
        # A write to such a path is "create" to some engines and "update" to others.
        return f"{reference.engine}/{reference.path}", ("create", "update") if reference.parameters else ("read",)
    mount = reference.mount or settings.mount
    version = reference.kv_version or settings.kv_version
    return f"{mount}/data/{reference.path}" if version == 2 else f"{mount}/{reference.path}", ("read",)


def _rule(path: str, capabilities: tuple[str, ...]) -> str:
    quoted = path.replace("\\", "\\\\").replace('"', '\\"')
    listed = ", ".join(f'"{each}"' for each in capabilities)
    return f'path "{quoted}" {{\n  capabilities = [{listed}]\n}}\n'
