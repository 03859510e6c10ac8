"""A log in a folder of its own, and records to put into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orqo_vault.audit import Actor, AuditRecord, SinkContext, Use
from orqo_vault.audit.chain import Link
from orqo_vault.audit.file_sink import FileSink
from orqo_vault.audit.record import now
from orqo_vault.audit.settings import FileSinkSettings
from orqo_vault.audit.verify import Verdict, verify


def record(number: int = 0) -> AuditRecord:
    return AuditRecord(
        time=now(),
        event="run",
        outcome="granted",
        run_id=f"{number:016x}",
        run="nightly",
        project="0" * 24,
        folder="/srv/engine",
        organization="acme",
        credentials=(Use("mail", ("password",), "own", "local", f"v{number}"),),
        actor=Actor(1000, "ana", 4321, "host.example", "engine", "workflow 7"),
        reason="nightly report",
        target=None,
    )


class Log:
    """One log: its file, its remembered head, and a sink for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "log" / "audit.jsonl"
        self.sink = self.make_sink()

    def make_sink(self, *, limit: int | None = None, state: str = "state", **settings: object) -> FileSink:
        """Return a sink; ``limit`` is the size of a full file in bytes, smaller than settings can say."""
        chosen = FileSinkSettings(**{"path": str(self.file), "sync": False, **settings})  # type: ignore[arg-type]  # tests say what they change
        sink = FileSink(chosen, SinkContext(state_dir=self.folder / state))
        sink._limit = limit or sink._limit
        return sink

    def fill(self, count: int, sink: FileSink | None = None) -> None:
        for number in range(count):
            (sink or self.sink).write(record(number))

    def lines(self) -> list[bytes]:
        return self.file.read_bytes().splitlines(keepends=True)

    def verdict(self, noted: Link | None = None) -> Verdict:
        return verify(self.file, self.sink.head, noted)

    def problem(self) -> str:
        """Return what verify says, with the place as it is shown."""
        found = self.verdict().problem
        assert found is not None
        return f"{found.file.name}:{found.line}: {found.message}"


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)
