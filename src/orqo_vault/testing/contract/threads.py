"""Runs calls side by side, and gives up on the one that never ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Generic, TypeVar

from orqo_vault.backend import Deadline

T = TypeVar("T")


class _Call(Thread, Generic[T]):
    def __init__(self, work: Callable[[], T], start: Barrier, errors: list[BaseException]) -> None:
        super().__init__(daemon=True)  # one that hangs must not keep the test run from ending
        self.work = work
        self.start_line = start
        self.errors = errors
        self.result: list[T] = []

    def run(self) -> None:
        self.start_line.wait()
        try:
            self.result.append(self.work())
        except BaseException as error:  # handed to the thread that waits
            self.errors.append(error)


def side_by_side(calls: Sequence[Callable[[], T]], patience: float) -> list[T]:
    """Return what the calls return, all started at once and ended within ``patience`` seconds.

    Raises the error that came first: those of the others may only follow from it.
    """
    start = Barrier(len(calls))
    errors: list[BaseException] = []
    running = [_Call(call, start, errors) for call in calls]
    end = Deadline(patience)
    for call in running:
        call.start()
    for call in running:
        call.join(end.remaining())
    if errors:
        raise errors[0]
    assert not any(call.is_alive() for call in running), f"still not back after {patience:g} s"
    return [result for call in running for result in call.result]


def within(patience: float, call: Callable[[], T]) -> T:
    """Return what the call returns; fail when it hangs."""
    return side_by_side([call], patience)[0]
