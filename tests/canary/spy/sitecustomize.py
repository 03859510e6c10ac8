"""Imported by every Python process that the tests start: keeps what leaves it by other ways than its two streams.

``SPY_LOG`` gets everything anybody logs, at DEBUG; the command line of everything that is executed; the content of
every file that is removed or renamed, while it is still there.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

logging.basicConfig(filename=os.environ["SPY_LOG"], level=logging.DEBUG)
logging.captureWarnings(True)
_log = os.open(os.environ["SPY_LOG"] + ".bytes", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_EXECUTED = frozenset({"os.exec", "os.posix_spawn", "os.system", "subprocess.Popen"})
_GOING = frozenset({"os.remove", "os.rename"})


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _EXECUTED:
        os.write(_log, f"{event}: {arguments[:2]!r}\n".encode())  # not the environment: it is where secrets belong
    elif event in _GOING:
        _keep(arguments[0], arguments[-2] if event == "os.rename" else arguments[-1])


def _keep(name: str, folder: int) -> None:
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=None if folder < 0 else folder)
    except OSError:
        return
    try:
        os.write(_log, os.read(file, 1 << 20))
    except OSError:
        return
    finally:
        os.close(file)


sys.addaudithook(_hear)
