"""Many who ask for the same at the same time are answered by one request; nobody gets what was before his write."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from orqo_vault.backend import Deadline, Lease, Stored
from orqo_vault.errors import BackendUnavailableError, TimedOutError
from orqo_vault.secret import Secret
from orqo_vault.vault.flights import Answer, Flights

WAITERS = 8


class Backend:
    """Counts its requests, and answers when it is let."""

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self.answer = answer
        self.asked = 0
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> Answer:
        self.asked += 1
        self.entered.set()
        assert self.let_go.wait(30)
        return self.answer()


def one_secret() -> Answer:
    return {"path": Stored(Secret({"token": "x"}), "1")}


def all_at_once(flights: Flights, backend: Backend) -> list[object]:
    """Start one reader, then the others while it is under way; return what each got."""
    got: list[object] = []

    def read() -> None:
        try:
            got.append(flights.read("local", ["path"], backend, Deadline(30)))
        except BackendUnavailableError as error:
            got.append(error)

    first = threading.Thread(target=read)
    first.start()
    assert backend.entered.wait(30)
    others = [threading.Thread(target=read) for _ in range(WAITERS)]
    for thread in others:
        thread.start()
    backend.let_go.set()
    for thread in (first, *others):
        thread.join(30)
    return got


def test_everybody_who_asks_at_the_same_time_is_answered() -> None:
    assert all_at_once(Flights(), Backend(one_secret)) == [one_secret()] * (WAITERS + 1)


def test_a_waiter_makes_no_request_of_its_own() -> None:
    flights, backend = Flights(), Backend(one_secret)
    first = threading.Thread(target=lambda: flights.read("local", ["path"], backend, Deadline(30)))
    first.start()
    assert backend.entered.wait(30)
    with pytest.raises(TimedOutError):
        flights.read("local", ["path"], backend, Deadline(0.01))
    backend.let_go.set()
    first.join(30)
    assert backend.asked == 1


def test_another_selection_is_another_request() -> None:
    flights, slow, quick = Flights(), Backend(one_secret), Backend(one_secret)
    quick.let_go.set()
    first = threading.Thread(target=lambda: flights.read("local", ["path"], slow, Deadline(30)))
    first.start()
    assert slow.entered.wait(30)
    assert flights.read("local", ["path", "other"], quick, Deadline(30)) == one_secret()
    slow.let_go.set()
    first.join(30)


def test_nobody_joins_a_read_that_began_before_a_write() -> None:
    flights, old, new = Flights(), Backend(one_secret), Backend(one_secret)
    new.let_go.set()
    first = threading.Thread(target=lambda: flights.read("local", ["path"], old, Deadline(30)))
    first.start()
    assert old.entered.wait(30)
    flights.forget()
    assert flights.read("local", ["path"], new, Deadline(30)) == one_secret()
    assert new.asked == 1
    old.let_go.set()
    first.join(30)


def test_a_failure_reaches_everybody_who_waited() -> None:
    def fail() -> Answer:
        raise BackendUnavailableError("the server is down")

    got = all_at_once(Flights(), Backend(fail))
    assert [str(each) for each in got] == ["the server is down"] * (WAITERS + 1)
    assert len({id(each) for each in got}) == WAITERS + 1


def test_a_leased_secret_is_lent_to_one_run_each() -> None:
    count = iter(range(100))

    def lend() -> Answer:
        return {"path": Stored(Secret({"token": "x"}), None, lease=Lease(str(next(count)), 60))}

    got = all_at_once(Flights(), Backend(lend))
    leases = [each["path"].lease for each in got if isinstance(each, dict)]
    assert len(set(leases)) == WAITERS + 1


def test_nothing_is_kept_after_the_answer() -> None:
    flights, backend = Flights(), Backend(one_secret)
    backend.let_go.set()
    flights.read("local", ["path"], backend, Deadline(30))
    flights.read("local", ["path"], backend, Deadline(30))
    assert backend.asked == 2
