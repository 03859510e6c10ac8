"""Hands the sink over; imports it only when it is asked."""

from __future__ import annotations

from orqo_vault.audit import AuditSink
from orqo_vault.markers import hookimpl


@hookimpl
def orqo_vault_audit_sink() -> type[AuditSink]:
    """The audit sink ``syslog``."""
    from orqo_vault_syslog.sink import Syslog

    return Syslog
