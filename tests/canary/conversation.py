"""Obeys one command line, in this process or in one of its own, and returns everything that left it."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orqo_vault.cli.main import main

from .command_lines import Line
from .scanner import Scanner
from .stage import Stage

SPY = Path(__file__).with_name("spy")


@dataclass
class Traces:
    """What somebody could have noted down of one command."""

    status: int
    said: dict[str, bytes] = field(default_factory=dict)
    """Channel → what came out there."""

    def hits(self, line: Line, scanner: Scanner) -> list[str]:
        """Return the secrets on channels where they do not belong."""
        allowed = ({"stdout"} if line.reveals else set()) | ({"command lines"} if line.slip else set())
        return [
            hit for channel, text in self.said.items() if channel not in allowed for hit in scanner.hits(channel, text)
        ]


def in_this_process(stage: Stage, line: Line, options: tuple[str, ...], patch: pytest.MonkeyPatch) -> Traces:
    """Obey with standard streams of its own, with a root logger that keeps everything."""
    stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(3))
    stdin.write(line.stdin)
    stdin.seek(0)
    log = io.StringIO()
    listening = logging.StreamHandler(log)
    root = logging.getLogger()
    before = root.level
    with patch.context() as patched:
        for name, value in _environ(stage).items():
            patched.setenv(name, value)
        patched.chdir(stage.project)
        for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            patched.setattr(sys, name, stream)
        root.addHandler(listening)
        root.setLevel(logging.DEBUG)
        try:
            status = main([*options, "-c", str(stage.settings), *line.words])
        finally:
            root.removeHandler(listening)
            root.setLevel(before)
            _forget_logging()
        said = {}
        for name, stream in (("stdout", stdout), ("stderr", stderr)):
            stream.flush()
            said[name] = stream.buffer.getvalue()  # type: ignore[attr-defined]  # it was made from a BytesIO
    return Traces(status, {**said, "log": log.getvalue().encode()})


def _environ(stage: Stage) -> dict[str, str]:
    return {**stage.environ, "FROM_ENV": stage.canaries.fields["openai"]["token"]}


def _forget_logging() -> None:
    """Undo what ``-vv`` sets up for a process that ends soon."""
    ours = logging.getLogger("orqo_vault")
    ours.handlers.clear()
    ours.propagate = True
    ours.setLevel(logging.NOTSET)


def start(stage: Stage, line: Line, options: tuple[str, ...] = (), **more: str) -> subprocess.Popen[bytes]:
    """Start a process with a spy in it."""
    stdin = stage.private / "stdin"
    stdin.write_bytes(line.stdin.encode())
    environ = {
        **_environ(stage),
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "PYTHONPATH": str(SPY),
        "SPY_LOG": str(stage.private / "log"),
        **more,
    }
    with stdin.open("rb") as given, _out(stage, "stdout") as stdout, _out(stage, "stderr") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "orqo_vault", *options, "-c", str(stage.settings), *line.words],
            stdin=given,
            stdout=stdout,
            stderr=stderr,
            cwd=stage.project,
            env=environ,
        )


def finish(stage: Stage, process: subprocess.Popen[bytes]) -> Traces:
    """Wait for the end, looking at the command line as other users could, and return what there is."""
    seen = set()
    while process.poll() is None:
        seen.add(_command_line(process.pid))
        with_patience(process)
    said = {name: (stage.private / name).read_bytes() for name in ("stdout", "stderr")}
    for name in ("log", "log.bytes"):
        file = stage.private / name
        said[name] = file.read_bytes() if file.exists() else b""
        file.unlink(missing_ok=True)
    return Traces(process.returncode, {**said, "command lines": b"\n".join(sorted(seen))})


def with_patience(process: subprocess.Popen[bytes]) -> None:
    """Wait a moment for the end."""
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return


def in_a_process(stage: Stage, line: Line, options: tuple[str, ...] = (), **more: str) -> Traces:
    """Obey in a process of its own, with these variables besides."""
    return finish(stage, start(stage, line, options, **more))


def _out(stage: Stage, name: str) -> io.BufferedWriter:
    return (stage.private / name).open("wb")


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
