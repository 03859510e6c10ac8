"""Does the same to many things at once, with as few threads as the distance to the server calls for."""

from __future__ import annotations

import threading
import time
from _thread import start_new_thread
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from orqo_vault.backend.contract import merged
from orqo_vault.errors import BackendUnavailableError, OrqoVaultError

T = TypeVar("T", bound=Hashable)
R = TypeVar("R")

FIRST = 4
"""On loopback more threads only wait for the interpreter's lock."""

FAR = 0.004
"""Seconds. Work that takes longer is waiting for the network, and one more connection then helps."""


def side_by_side(work: Callable[[T], R], things: Iterable[T], at_most: int) -> dict[T, R]:
    """Return thing → result, or raise one error that names every failed one.

    A server that cannot be reached ends the rest at once: each of them would wait for the same silence.
    """
    crew = _Crew(work, list(dict.fromkeys(things)), at_most)
    crew.run()
    if crew.crashed:
        raise crew.crashed[0]
    if crew.failed:
        raise merged({str(thing): crew.failed[thing] for thing in crew.things if thing in crew.failed})
    return {thing: crew.done[thing] for thing in crew.things}


class _Crew(Generic[T, R]):
    def __init__(self, work: Callable[[T], R], things: list[T], at_most: int) -> None:
        self.things = things
        self.done: dict[T, R] = {}
        self.failed: dict[T, OrqoVaultError] = {}
        self.crashed: list[BaseException] = []
        self._work = work
        self._waiting = list(reversed(things))
        self._guests = 0
        self._left = threading.Semaphore(0)
        self._at_most = min(at_most, len(things))
        self._lock = threading.Lock()

    def run(self) -> None:
        for _ in range(min(FIRST, self._at_most) - 1):
            self._join_in()
        try:
            self._labour()
        finally:
            self._waiting.clear()  # also on Ctrl-C: nobody starts another
        if self.crashed:
            return  # what the others still wait for is of no use
        gone = 0
        while gone < self._guests:  # only guests bring guests: when the last one has left there are no more
            self._left.acquire()
            gone += 1

    def _join_in(self) -> None:
        with self._lock:
            if self._guests + 1 >= self._at_most or not self._waiting:
                return
            self._guests += 1
        # Thread.start() waits until the thread has begun: on a busy machine, milliseconds for each of them.
        try:
            start_new_thread(self._guest, ())
        except RuntimeError:  # this process may have no more threads: those that are there do the work
            with self._lock:
                self._guests -= 1

    def _guest(self) -> None:
        try:
            self._labour()
        finally:
            self._left.release()

    def _labour(self) -> None:
        while True:
            try:
                thing = self._waiting.pop()
            except IndexError:
                return
            begun = time.monotonic()
            try:
                self.done[thing] = self._work(thing)
            except OrqoVaultError as error:
                self.failed[thing] = error
                if isinstance(error, BackendUnavailableError):
                    self._waiting.clear()
            except BaseException as error:
                self.crashed.append(error)
                self._waiting.clear()
            if time.monotonic() - begun > FAR:
                self._join_in()
