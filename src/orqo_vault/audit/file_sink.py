"""The sink that ships with orqo-vault: a file of JSON lines that only grows, chained, its end remembered elsewhere."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.audit import chain
from orqo_vault.audit.chain import START, Link
from orqo_vault.audit.files import Ending, ending, full_files, next_name
from orqo_vault.audit.head import Head, head_file, recall, remember
from orqo_vault.audit.locked import locked_log
from orqo_vault.audit.record import AuditRecord
from orqo_vault.audit.sink import AuditSink, SinkContext
from orqo_vault.backend import ImportedOnUse
from orqo_vault.errors import AuditError

if TYPE_CHECKING:
    from orqo_vault.audit.settings import FileSinkSettings

MEGABYTE = 1024 * 1024


class Kept(NamedTuple):
    """What the sink needs of its settings; a log that nobody set up needs no more, and no class that checks them."""

    path: str
    max_megabytes: int = 16
    keep: int | None = None
    sync: bool = True


class FileSink(AuditSink):
    """Appends each record in one write, under a lock that all processes of this log share.

    A process that is killed leaves a whole log; a machine that stops may leave an unfinished line, which the next
    record acknowledges. Where the end was cut off the chain goes on from what is remembered, so that the gap stays.
    """

    type_name = "file"
    Settings = ImportedOnUse["type[FileSinkSettings]"]("orqo_vault.audit.settings", "FileSinkSettings")

    def __init__(self, settings: FileSinkSettings | Kept, context: SinkContext) -> None:
        super().__init__(settings, context)
        self.log = Path(settings.path)
        self.head = head_file(context.state_dir, self.log)
        self._limit = settings.max_megabytes * MEGABYTE

    def write(self, record: AuditRecord) -> None:
        """Append the record, and remember it as the end of the log."""
        fields = record.as_dict()
        try:
            with self._room() as (descriptor, size, end):
                self._append(descriptor, size, end, fields)
        except OSError as error:
            raise AuditError(
                f"{self.log} cannot be written: {error.strerror or type(error).__name__}", paths=[str(self.log)]
            ) from None

    @contextmanager
    def _room(self) -> Iterator[tuple[int, int, Ending]]:
        """Give the growing file, locked, its size and its end; a full one has made room for the next.

        One that ends in the middle of a line is gone on with, so that every full file is whole.
        """
        while True:
            with locked_log(self.log) as descriptor:
                size = os.fstat(descriptor).st_size
                end = ending(descriptor, size)
                if size < self._limit or end.torn:
                    yield descriptor, size, end
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
        if head is not None:
            remember(self.head, Head(head.last, _end_of(oldest)))
        os.unlink(oldest)

    def _append(self, descriptor: int, size: int, end: Ending, fields: dict[str, object]) -> None:
        head = recall(self.head)
        unended = chain.entry(end.torn)
        if unended is not None and unended.intact:  # a crash took nothing but the end of the line
            last, torn = unended.link, b""
        else:
            last, torn = self._last(end), end.torn
        after = head.last if head is not None and head.last.seq >= last.seq else last
        line, link = chain.sealed(fields, after, torn)
        _write_whole(descriptor, b"\n" + line if end.torn else line, size)
        if self.settings.sync:
            os.fdatasync(descriptor)
            if not size:
                _sync_folder(self.log.parent)
        remember(self.head, Head(link, head.before if head is not None else START))

    def _last(self, end: Ending) -> Link:
        """Return the last whole record, in the file before this one where this one has none yet."""
        if end.line is not None:
            return _link(end.line)
        full = full_files(self.log)
        return _end_of(full[-1]) if full else START


def _end_of(file: Path) -> Link:
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        end = ending(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
    return _link(end.line) if end.line is not None else START


def _link(line: bytes) -> Link:
    found = chain.entry(line)
    return found.link if found is not None else START


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
