"""What this distribution hands over."""

from __future__ import annotations

from orqo_vault.backend import Backend
from orqo_vault.markers import hookimpl
from orqo_vault_aws.backend import AwsBackend


@hookimpl
def orqo_vault_backend() -> type[Backend]:
    return AwsBackend
