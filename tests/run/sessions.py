"""A command on a real terminal or on pipes, read by what it says and never by the clock."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pexpect

HERE = Path(__file__).parent
SECONDS = 20.0


class Session(Protocol):
    """What the tests do with either."""

    pid: int
    seen: str

    def expect(self, pattern: str) -> re.Match[str]: ...

    def type(self, text: str) -> None: ...

    def end(self) -> int: ...


class OnTerminal:
    """The command leads a session with a terminal of its own, 33 lines of 77 columns."""

    def __init__(self, *command: str, env: dict[str, str] | None = None) -> None:
        self._process = pexpect.spawn(
            command[0], list(command[1:]), dimensions=(33, 77), timeout=SECONDS, encoding="utf-8", env=env
        )
        self.pid = self._process.pid
        self.seen = ""

    def expect(self, pattern: str) -> re.Match[str]:
        self._process.expect(pattern)
        self.seen += self._process.before + self._process.after
        found = self._process.match
        assert isinstance(found, re.Match)
        return found

    def type(self, text: str) -> None:
        self._process.send(text)

    def resize(self, rows: int, columns: int) -> None:
        self._process.setwinsize(rows, columns)

    def end(self) -> int:
        """Wait for the end and return the status as ``subprocess`` would."""
        self._process.expect(pexpect.EOF)
        self.seen += self._process.before
        self._process.close()
        ended_by = self._process.signalstatus
        return self._process.exitstatus if ended_by is None else -ended_by


class OnPipes:
    """The command leads a session without a terminal."""

    def __init__(self, *command: str, env: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, bufsize=0, env=env
        )
        self.pid = self._process.pid
        self.seen = ""
        self._unread = ""

    def expect(self, pattern: str) -> re.Match[str]:
        assert self._process.stdout is not None
        while (found := re.search(pattern, self._unread)) is None:
            data = self._process.stdout.read(4096)
            assert data, f"ended before {pattern!r}: {self._unread!r}"
            self._unread += data.decode()
        self.seen += self._unread[: found.end()]
        self._unread = self._unread[found.end() :]
        return found

    def type(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())

    def end(self) -> int:
        """Wait for the end and return the status."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process, self._process.stdin, self._process.stdout as output:
            self.seen += self._unread + output.read().decode()  # its input ends after it, not before
            return self._process.wait(SECONDS)


def driven(way: str, *command: str, kill_after: str = "") -> tuple[str, ...]:
    """Return the command line of the driver."""
    return (sys.executable, str(HERE / "driver.py"), way, kill_after, *command)


def child(how: str, *more: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", str(HERE / "child.py"), how, *more)


def named(name: str) -> signal.Signals:
    return signal.Signals[f"SIG{name}"]
