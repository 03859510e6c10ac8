"""What stands beside ``type`` in the operator's file: the base of every sink's settings, and the file sink's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from orqo_vault.backend.contract import STRICT


@dataclass(frozen=True, kw_only=True)
class SinkSettings:
    """What stands beside ``type`` in the operator's file. Holds no secret: it may name a file that does.

    Subclass it as a frozen, keyword-only dataclass. Types are checked when the file is read; a ``ValueError`` from
    ``__post_init__`` becomes an error with the file's line.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT


@dataclass(frozen=True, kw_only=True)
class FileSinkSettings(SinkSettings):
    """What stands beside ``type: file`` in the operator's file."""

    path: str
    """The file that grows; an absolute path. Full ones stay beside it, numbered."""
    max_megabytes: int = 16
    """The size at which a file is full and the next one begins."""
    keep: int | None = None
    """How many full files stay; older ones are removed. Default: all."""
    sync: bool = True
    """Whether a record is on the disk, and not only with the kernel, before the secret is handed over."""

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or self.path.endswith("/"):
            raise ValueError("path must be the absolute path of a file")
        if self.max_megabytes < 1:
            raise ValueError("max_megabytes must be 1 or more")
        if self.keep is not None and self.keep < 1:
            raise ValueError("keep must be 1 or more")
