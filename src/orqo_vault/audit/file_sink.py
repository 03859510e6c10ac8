"""The sink that ships with orqo-vault: a file of JSON lines that only grows, chained, its end remembered elsewhere."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orqo_vault.audit import chain
from orqo_vault.audit.chain import START, Link
from orqo_vault.audit.files import ending, full_files, next_name
from orqo_vault.audit.head import Head, head_file, recall, remember
from orqo_vault.audit.locked import locked_log
from orqo_vault.audit.record import AuditRecord
from orqo_vault.audit.sink import AuditSink, SinkContext, SinkSettings
from orqo_vault.errors import AuditError

MEGABYTE = 1024 * 1024


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


class FileSink(AuditSink):
    """Appends each record in one write, under a lock that all processes of this log share.

    A process that is killed leaves a whole log; a machine that stops may leave an unfinished line, which the next
    record acknowledges. Where the end was cut off the chain goes on from what is remembered, so that the gap stays.
    """

    type_name = "file"
    Settings = FileSinkSettings

    def __init__(self, settings: FileSinkSettings, context: SinkContext) -> None:
        super().__init__(settings, context)
        self.log = Path(settings.path)
        self.head = head_file(context.state_dir, self.log)
        self._limit = settings.max_megabytes * MEGABYTE

    def write(self, record: AuditRecord) -> None:
        """Append the record, and remember it as the end of the log."""
        fields = record.as_dict()
        try:
            with self._room() as descriptor:
                self._append(descriptor, fields)
        except OSError as error:
            raise AuditError(
                f"{self.log} cannot be written: {error.strerror or type(error).__name__}", paths=[str(self.log)]
            ) from None

    @contextmanager
    def _room(self) -> Iterator[int]:
        """Give the growing file, locked; a full one has made room for the next."""
        while True:
            with locked_log(self.log) as descriptor:
                if os.fstat(descriptor).st_size < self._limit:
                    yield descriptor
                    return
                self._put_aside()

    def _put_aside(self) -> None:
        """Let go of the oldest files, where the settings say so, and give the full one its number."""
        keep = self.settings.keep
        for oldest in full_files(self.log)[: -(keep - 1) or None] if keep is not None else ():
            self._forget(oldest)
        os.rename(self.log, next_name(self.log))

    def _forget(self, oldest: Path) -> None:
        # Remembered first: a kill in between leaves a log that begins earlier than it must.
        head = recall(self.head)
        end = self._end_of(oldest)
        if head is not None and end is not None:
            remember(self.head, Head(head.last, end))
        os.unlink(oldest)

    def _append(self, descriptor: int, fields: dict[str, object]) -> None:
        size = os.fstat(descriptor).st_size
        head = recall(self.head)
        end, torn = self._end(descriptor, size)
        after = head.last if head is not None and head.last.seq >= end.seq else end
        line, link = chain.sealed(fields, after, torn)
        _write_whole(descriptor, b"\n" + line if torn else line, size)
        if self.settings.sync:
            os.fdatasync(descriptor)
            if not size:
                _sync_folder(self.log.parent)
        remember(self.head, Head(link, head.before if head is not None else START))

    def _end(self, descriptor: int, size: int) -> tuple[Link, bytes]:
        """Return the last record's link, and what stands after it unfinished."""
        line, torn = ending(descriptor, size)
        if line is None:
            full = full_files(self.log)
            end = self._end_of(full[-1]) if full else None
        else:
            last = chain.entry(line)
            end = last.link if last is not None else None
        return end or START, torn

    def _end_of(self, file: Path) -> Link | None:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            line, _ = ending(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
        last = chain.entry(line) if line is not None else None
        return last.link if last is not None else None


def _write_whole(descriptor: int, content: bytes, size: int) -> None:
    """Append all of it or nothing: a full disk takes a part, which is taken back."""
    if os.write(descriptor, content) != len(content):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
