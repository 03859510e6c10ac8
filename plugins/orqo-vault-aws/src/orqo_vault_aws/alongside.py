"""Runs calls side by side and waits for them no longer than the deadline.

Each call runs in a thread that can be left behind: no timeout of a socket outlasts a server that drips its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from orqo_vault.backend import Deadline
from orqo_vault.errors import TimedOutError

T = TypeVar("T")

SIDE_BY_SIDE = 8


def all_of(calls: Sequence[Callable[[], T]], deadline: Deadline, doing: str, *, hint: str = "try again") -> list[T]:
    """Return what the calls return, in their order. The first failure is raised; calls not yet begun then never are."""
    deadline.check(doing)
    results: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
    given_up = Event()
    work = _worker(iter(enumerate(calls)), results, given_up)
    for _ in range(min(SIDE_BY_SIDE, len(calls))):
        Thread(target=work, name="orqo-vault-aws", daemon=True).start()
    found: dict[int, T] = {}
    try:
        for _ in calls:
            number, result, error = results.get(timeout=deadline.remaining())
            if error is not None:
                raise error
            found[number] = result
    except Empty:
        raise TimedOutError(f"{doing}: not done within {deadline.seconds:g} s", hint=hint) from None
    finally:
        given_up.set()
    return [found[number] for number in range(len(calls))]


def _worker(
    calls: Iterator[tuple[int, Callable[[], Any]]],
    results: SimpleQueue[tuple[int, Any, BaseException | None]],
    given_up: Event,
) -> Callable[[], None]:
    one_at_a_time = Lock()

    def work() -> None:
        while not given_up.is_set():
            with one_at_a_time:
                number, call = next(calls, (-1, None))
            if call is None:
                return
            try:
                results.put((number, call(), None))
            except BaseException as error:  # raised again in the thread that waits
                results.put((number, None, error))

    return work
