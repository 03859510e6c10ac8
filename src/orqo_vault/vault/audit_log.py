"""Finds the log that this project's records go to, for the commands that look at it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from orqo_vault.audit.file_sink import FileSink
from orqo_vault.audit.head import head_file
from orqo_vault.errors import AuditError
from orqo_vault.state import state_root
from orqo_vault.vault.vault import Vault


class Log(NamedTuple):
    """A log file, and where this machine remembers its end."""

    file: Path
    head: Path


def log_at(file: Path, environ: Mapping[str, str]) -> Log:
    """Return the log that grows in ``file``."""
    return Log(file, head_file(state_root(environ), file))


def log_of(vault: Vault) -> Log:
    """Return the first log file of the vault's sinks; it need not exist yet.

    Raises :class:`~orqo_vault.errors.AuditError` where records go elsewhere, or nowhere.
    """
    sinks = vault.journal.sinks
    found = next((sink for sink in sinks if isinstance(sink, FileSink)), None)
    if found is None:
        where = ", ".join(sink.type_name for sink in sinks) or "nowhere"
        raise AuditError(f"the operator's file sends audit records elsewhere: {where}", hint="look at them there")
    return Log(found.log, found.head)
