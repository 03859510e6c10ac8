"""Tells whether a log is whole: every record as it was written, in order, from its beginning to the remembered end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from orqo_vault.audit import chain
from orqo_vault.audit.chain import START, Entry, Link
from orqo_vault.audit.files import all_files, lines_of
from orqo_vault.audit.head import Head, recall
from orqo_vault.audit.locked import quiet_log

NO_RECORD = "not a record"


class Problem(NamedTuple):
    """The first place where the log is not what was written; ``line`` is None for what is gone with its file."""

    file: Path
    line: int | None
    message: str


@dataclass(slots=True)
class Verdict:
    """What was found. What comes after the first problem was not looked at."""

    files: tuple[Path, ...]
    records: int = 0
    last: Link = START
    """The end of the log: note it elsewhere, and it can be asked for later."""
    remembered: Link | None = None
    notes: list[str] = field(default_factory=list)
    problem: Problem | None = None


def verify(log: Path, head_file: Path, noted: Link | None = None) -> Verdict:
    """Look at every line of the log.

    ``noted`` is an earlier end of it, from a place where nobody who can write the log can write: it must still be in
    the chain. Reads no secret, and locks writers out only while it opens the files.
    """
    with quiet_log(log):
        head = recall(head_file)
        opened = [(path, path.open("rb")) for path in all_files(log)]
        sizes = [os.fstat(file.fileno()).st_size for _, file in opened]
    walk = _Walk(Verdict(tuple(path for path, _ in opened), remembered=head.last if head else None), head, noted)
    try:
        for (path, file), size in zip(opened, sizes, strict=True):
            walk.through(path, file, size)
            if walk.verdict.problem is not None:
                break
        else:
            walk.finish(log)
    finally:
        for _, file in opened:
            file.close()
    return walk.verdict


class _Unfinished(NamedTuple):
    """A line that is no record, until the next record vouches for it."""

    file: Path
    line: int
    content: bytes
    ended: bool


class _Walk:
    """Goes from record to record, and stops at the first that is wrong."""

    def __init__(self, verdict: Verdict, head: Head | None, noted: Link | None) -> None:
        self.verdict = verdict
        self._head = head
        self._due = [link for link in (head.last if head else None, noted) if link is not None]
        self._unfinished: _Unfinished | None = None

    def through(self, path: Path, file: BinaryIO, size: int) -> None:
        """Look at one file."""
        for number, line in enumerate(lines_of(file, size), start=1):
            content = line.removesuffix(b"\n")
            found = chain.entry(content)
            if found is None and content and self._unfinished is None:
                self._unfinished = _Unfinished(path, number, content, ended=line != content)
                continue
            wrong = self._wrong_with(found) or self._wrong_with_the_end(path, line)
            if wrong is not None:
                self.verdict.problem = self._problem(path, number, wrong)
                return
            assert found is not None
            self._accept(found)

    def finish(self, log: Path) -> None:
        """Judge the end."""
        if self._unfinished is not None and self._unfinished.ended:  # a crash leaves no line end
            self.verdict.problem = Problem(self._unfinished.file, self._unfinished.line, NO_RECORD)
            return
        if self._unfinished is not None:
            self._note_unfinished("nothing was recorded since")
        gone = [link for link in self._due if link.seq > self.verdict.last.seq]
        if gone:
            last = max(link.seq for link in gone)
            missing = _span(self.verdict.last.seq + 1, last)
            self.verdict.problem = Problem(log, None, f"the end is missing: {missing}, which is remembered")
        elif self._head is None and self.verdict.records:
            self.verdict.notes.append("this machine remembers no end of this log: an end that was cut off is not seen")
        elif self._head is not None and self._head.last.seq < self.verdict.last.seq:
            more = _span(self._head.last.seq + 1, self.verdict.last.seq)
            self.verdict.notes.append(
                f"{more} came after what this machine remembers: another user's, or added by hand"
            )

    def _wrong_with(self, found: Entry | None) -> str | None:
        """Return what is wrong with the next record, None where it is the one that belongs here."""
        if found is None:
            return NO_RECORD
        if not found.intact:
            return f"record {found.link.seq} was changed"
        unfinished = chain.described(self._unfinished.content) if self._unfinished is not None else None
        if found.record.get("torn") != unfinished:
            return NO_RECORD if unfinished else "the unfinished line in front of it is gone"
        return self._out_of_place(found)

    def _wrong_with_the_end(self, path: Path, line: bytes) -> str | None:
        """A line has no end only where a crash took it, which is before anything remembers the record."""
        if line.endswith(b"\n"):
            return None
        newest = path == self.verdict.files[-1]
        known = self._head is not None and self._head.last.seq > self.verdict.last.seq
        return None if newest and not known else "the end of the line is missing"

    def _out_of_place(self, found: Entry) -> str | None:
        before = self._before(found)
        seq, expected = found.link.seq, before.seq + 1
        if seq > expected:
            return f"{_span(expected, seq - 1)} in front of it missing"
        if seq < expected:
            return f"record {seq} stands in the place of record {expected}"
        if found.prev != before.hash:
            return f"record {seq} does not follow the one in front of it: that one was replaced, or both were"
        if any(link.seq == seq and link.hash != found.link.hash for link in self._due):
            return f"record {seq} is not the one that is remembered"
        return None

    def _before(self, found: Entry) -> Link:
        """Return what the next record must follow. A log may begin at any record up to where it is known to."""
        if self.verdict.records:
            return self.verdict.last
        begins = self._head.before if self._head is not None else START
        return Link(found.link.seq - 1, found.prev) if 1 < found.link.seq <= begins.seq else begins

    def _problem(self, path: Path, number: int, wrong: str) -> Problem:
        """Blame the line, or the one in front of it that nothing vouches for."""
        if self._unfinished is not None and wrong is NO_RECORD:
            return Problem(self._unfinished.file, self._unfinished.line, wrong)
        return Problem(path, number, wrong)

    def _accept(self, found: Entry) -> None:
        if self._unfinished is not None:
            self._note_unfinished("the next one acknowledges it")
            self._unfinished = None
        self.verdict.records += 1
        self.verdict.last = found.link

    def _note_unfinished(self, more: str) -> None:
        assert self._unfinished is not None
        where = f"{self._unfinished.file}:{self._unfinished.line}"
        self.verdict.notes.append(f"{where}: a record was cut short by a crash; {more}")


def _span(first: int, last: int) -> str:
    return f"record {first}" if first == last else f"records {first} to {last}"
