"""The file sink as a plugin: what the entry point ``file`` names. A run without an operator's file comes past it."""

from __future__ import annotations

from orqo_vault.audit.sink import AuditSink
from orqo_vault.markers import hookimpl


@hookimpl
def orqo_vault_audit_sink() -> type[AuditSink]:
    """The audit sink ``file``."""
    from orqo_vault.audit.file_sink import FileSink

    return FileSink
