"""What a signal does before there is a child: the run ends at once, and what it has taken so far is given back."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn, Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
UNTOUCHED = (signal.SIG_DFL, signal.default_int_handler)


class Interruption:
    """While it is open, the first of these signals leaves the block by an exception, and further ones do nothing.

    The exception is ``KeyboardInterrupt``, or ``SystemExit`` with status 128+N: neither is one that some code on the
    way takes for a failed backend. A signal that is ignored (``nohup``) stays so.
    """

    def __init__(self) -> None:
        self._before: dict[signal.Signals, Callable[..., Any] | int | None] = {}

    def __enter__(self) -> Self:
        for each in ENDING:
            if signal.getsignal(each) in UNTOUCHED:
                self._before[each] = signal.signal(each, self._leave)
        return self

    def ignore(self) -> None:
        """From here on they do nothing: what is being undone is undone to its end."""
        for each in self._before:
            signal.signal(each, signal.SIG_IGN)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _leave(self, number: int, frame: object) -> NoReturn:
        self.ignore()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)
