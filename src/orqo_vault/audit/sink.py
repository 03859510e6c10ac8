"""The contract with a place where audit records go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from orqo_vault.audit.record import AuditRecord
from orqo_vault.backend.contract import STRICT


@dataclass(frozen=True, kw_only=True)
class SinkSettings:
    """What stands beside ``type`` in the operator's file. Holds no secret: it may name a file that does.

    Subclass it as a frozen, keyword-only dataclass. Types are checked when the file is read; a ``ValueError`` from
    ``__post_init__`` becomes an error with the file's line.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT


@dataclass(frozen=True, kw_only=True)
class SinkContext:
    """What the program around a sink lends it."""

    state_dir: Path
    """Machine-local state of all projects, 0700, made when first written."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The environment of this process. Sinks read it here and nowhere else."""


class AuditSink(ABC):
    """One place where records go.

    What a caller may rely on: creating one does no I/O; several threads and processes may write at the same time;
    ``close()`` may be called twice.
    """

    type_name: ClassVar[str]
    """The name in ``type:`` of the operator's file, equal to the entry point's."""
    Settings: ClassVar[Any] = SinkSettings
    """A subclass of :class:`SinkSettings`."""

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
