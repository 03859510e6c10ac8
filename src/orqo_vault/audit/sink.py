"""The contract with a place where audit records go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from orqo_vault.audit.record import AuditRecord
from orqo_vault.backend import ImportedOnUse


class SinkContext:
    """What the program around a sink lends it: ``state_dir`` and ``environ``.

    ``state_dir`` is machine-local state of all projects, 0700, made when first written. ``environ`` is the
    environment of this process: sinks read it here and nowhere else.
    """

    def __init__(self, *, state_dir: Path, environ: Mapping[str, str] | None = None) -> None:
        self.state_dir = state_dir
        self.environ = environ or {}


class AuditSink(ABC):
    """One place where records go.

    What a caller may rely on: creating one does no I/O; several threads and processes may write at the same time;
    ``close()`` may be called twice.
    """

    type_name: ClassVar[str]
    """The name in ``type:`` of the operator's file, equal to the entry point's."""
    Settings: ClassVar[Any] = ImportedOnUse[Any]("orqo_vault.audit.settings", "SinkSettings")
    """A subclass of :class:`~orqo_vault.audit.settings.SinkSettings`."""

    def __init__(self, settings: Any, context: SinkContext) -> None:
        self.settings = settings
        self.context = context

    @abstractmethod
    def write(self, record: AuditRecord) -> None:
        """Keep the record; when this returns it is kept as safely as the sink promises.

        Raises :class:`~orqo_vault.errors.AuditError` when it is not. A secret waits for this to return: give up
        within seconds.
        """

    def close(self) -> None:  # noqa: B027  # most sinks hold nothing open
        """Release what is held. The sink is not used afterwards."""
