"""Runs calls side by side, and gives up on the one that never ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class _Call(Thread, Generic[T]):
    def __init__(self, work: Callable[[], T], start: Barrier) -> None:
        super().__init__(daemon=True)  # one that hangs must not keep the test run from ending
        self.work = work
        self.start_line = start
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        self.start_line.wait()
        try:
            self.result.append(self.work())
        except BaseException as error:  # handed to the thread that waits
            self.error = error


def side_by_side(calls: Sequence[Callable[[], T]], patience: float) -> list[T]:
    """Return what the calls return, all started at once. The first error is raised here."""
    start = Barrier(len(calls))
    running = [_Call(call, start) for call in calls]
    for call in running:
        call.start()
    for call in running:
        call.join(patience)
        assert not call.is_alive(), f"still not back after {patience:g} s"
    for call in running:
        if call.error is not None:
            raise call.error
    return [result for call in running for result in call.result]


def within(patience: float, call: Callable[[], T]) -> T:
    """Return what the call returns; fail when it hangs."""
    return side_by_side([call], patience)[0]
