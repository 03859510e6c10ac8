"""Records of who was given which secret: what a record says, where records go, and how a log shows that it is whole."""

from orqo_vault.audit.journal import Journal
from orqo_vault.audit.record import Actor, AuditRecord, Use
from orqo_vault.audit.sink import AuditSink, SinkContext

__all__ = ["Actor", "AuditRecord", "AuditSink", "Journal", "SinkContext", "Use"]
