"""Deadlines: a passed one ends every operation at once, and no batch comes back in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orqo_vault.backend import Backend, Deadline, Expected
from orqo_vault.errors import TimedOutError
from orqo_vault.secret import Secret
from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place
from orqo_vault.testing.contract.threads import within

READS: dict[str, Callable[[Backend, Any, Deadline], object]] = {
    "read": lambda backend, ref, deadline: backend.read(ref, deadline=deadline),
    "read_many": lambda backend, ref, deadline: backend.read_many([ref], deadline=deadline),
    "list_paths": lambda backend, ref, deadline: backend.list_paths(deadline=deadline),
}
CHANGES: dict[str, Callable[[Backend, Any, Deadline], object]] = {
    "write": lambda backend, ref, deadline: backend.write(
        ref, Secret({"password": "new"}), if_version=Expected.ANY, deadline=deadline
    ),
    "delete": lambda backend, ref, deadline: backend.delete(ref, deadline=deadline),
}


class PassesAfter(Deadline):
    """Passes when it has been looked at so many times: time that no test has to wait for."""

    __slots__ = ("looks",)

    def __init__(self, looks: int) -> None:
        super().__init__(60.0)
        self.looks = looks

    def remaining(self) -> float:
        self.looks -= 1
        return super().remaining() if self.looks >= 0 else 0.0

    @property
    def passed(self) -> bool:
        return self.remaining() <= 0.0


class Deadlines(ContractFixtures):
    """Every operation, with a deadline that has passed or passes on the way."""

    @pytest.mark.parametrize("operation", READS.values(), ids=READS)
    def test_no_read_begins_after_its_deadline(
        self, place: Place, operation: Callable[[Backend, Any, Deadline], object]
    ) -> None:
        place.write("mail", {"password": "x"})

        with pytest.raises(TimedOutError):
            within(self.patience, lambda: operation(place.backend, place.reference("mail"), Deadline(0)))

    @pytest.mark.parametrize("operation", CHANGES.values(), ids=CHANGES)
    def test_no_change_begins_after_its_deadline(
        self, place: Place, operation: Callable[[Backend, Any, Deadline], object]
    ) -> None:
        version = place.write("mail", {"password": "x"})

        with pytest.raises(TimedOutError):
            within(self.patience, lambda: operation(place.backend, place.reference("mail"), Deadline(0)))

        assert place.fields("mail") == {"password": "x"}
        assert place.present("mail").version == version

    def test_check_says_that_its_deadline_passed(self, place: Place) -> None:
        place.write("mail", {"password": "x"})

        health = within(self.patience, lambda: place.backend.check([place.reference("mail")], deadline=Deadline(0)))

        assert not health.usable

    @pytest.mark.parametrize("looks", range(6))
    def test_a_batch_whose_deadline_passes_on_the_way_is_whole_or_an_error(self, place: Place, looks: int) -> None:
        paths = ["one", "two", "three", "four"]
        for path in paths:
            place.write(path, {"token": path})
        references = [place.reference(path) for path in paths]

        try:
            found = place.backend.read_many(references, deadline=PassesAfter(looks))
        except TimedOutError:
            return
        assert set(found) == set(references)

    @pytest.mark.parametrize("looks", range(6))
    def test_a_listing_whose_deadline_passes_on_the_way_is_whole_or_an_error(self, place: Place, looks: int) -> None:
        for path in ("one", "two", "three", "four"):
            place.write(path, {"token": path})

        try:
            listed = place.backend.list_paths(deadline=PassesAfter(looks))
        except TimedOutError:
            return
        assert listed == place.named("one", "two", "three", "four")
