"""Several threads and several instances: nobody's write is lost, nobody sees half of one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier

import pytest

from orqo_vault.backend import Backend, Deadline, Expected, Stored
from orqo_vault.errors import ConflictError
from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place
from orqo_vault.testing.contract.threads import side_by_side


class Concurrency(ContractFixtures):
    """One instance under several threads; several instances over one place; closing."""

    @property
    def whole_race(self) -> float:
        """Seconds for all the operations of a race together."""
        return self.patience * self.increments

    def test_threads_that_use_one_instance_do_not_disturb_each_other(self, place: Place) -> None:
        def work(number: int) -> None:
            path = f"thread-{number}"
            for turn in range(self.increments):
                version = place.write(path, {"turn": str(turn), "by": str(number)})
                assert place.fields(path) == {"turn": str(turn), "by": str(number)}
                assert place.present(path).version == version
                assert place.reference(path).path in place.paths()
            assert place.delete(path) is True
            place.write(path, {"kept": str(number)})

        side_by_side([partial(work, number) for number in range(self.threads)], self.whole_race)

        for number in range(self.threads):
            assert place.fields(f"thread-{number}") == {"kept": str(number)}

    def test_no_conditional_write_is_lost_in_a_race(self, place: Place, make_backend: Callable[[], Backend]) -> None:
        """Half of the threads go through a second instance, as another process would."""
        instances = [place, place.through(make_backend())]
        all_have_read = Barrier(self.threads, timeout=self.patience)
        end = Deadline(self.whole_race)
        place.write("counter", {"count": "0"})

        def count_up(number: int) -> None:
            for turn in range(self.increments):
                instance = instances[number % 2]
                stored = instance.present("counter")
                if turn == 0:
                    all_have_read.wait()  # so that all but one must be told that they are late
                while not _counted_up(instance, stored):
                    end.check("counting up")
                    stored = instance.present("counter")

        side_by_side([partial(count_up, number) for number in range(self.threads)], self.whole_race)

        assert place.fields("counter") == {"count": str(self.threads * self.increments)}

    def test_one_of_many_creates(self, place: Place) -> None:
        def create(number: int) -> int | None:
            try:
                place.write("only", {"by": str(number)}, if_version=Expected.ABSENT)
            except ConflictError:
                return None
            return number

        outcome = side_by_side([partial(create, number) for number in range(self.threads)], self.whole_race)

        winners = [number for number in outcome if number is not None]
        assert len(winners) == 1
        assert place.fields("only") == {"by": str(winners[0])}

    def test_a_reader_sees_the_old_or_the_new_secret_and_never_half(self, place: Place) -> None:
        fields = [{name: str(turn) for name in ("a", "b", "c", "d")} for turn in range(self.increments * 4)]
        place.write("whole", fields[0])

        def write() -> None:
            for changed in fields:
                place.write("whole", changed)

        def read() -> None:
            for _ in fields:
                assert place.fields("whole") in fields

        side_by_side([write, read, read], self.whole_race)

    def test_another_instance_sees_what_was_written(self, place: Place, make_backend: Callable[[], Backend]) -> None:
        before = place.through(make_backend())
        assert before.stored("mail") is None
        version = place.write("mail", {"password": "x"})
        after = place.through(make_backend())

        for other in (before, after):
            assert other.fields("mail") == {"password": "x"}
            assert other.present("mail").version == version
            assert other.paths() == place.named("mail")

    def test_instances_see_each_others_changes(self, place: Place, make_backend: Callable[[], Backend]) -> None:
        other = place.through(make_backend())
        first = place.write("mail", {"password": "x"})
        second = other.write("mail", {"password": "y"}, if_version=first)

        assert place.fields("mail") == {"password": "y"}
        with pytest.raises(ConflictError):
            place.write("mail", {"password": "z"}, if_version=first)
        place.write("mail", {"password": "z"}, if_version=second)
        assert other.fields("mail") == {"password": "z"}
        assert other.delete("mail") is True
        assert place.stored("mail") is None
        assert place.paths() == []

    def test_closing_twice_is_fine(self, place: Place, make_backend: Callable[[], Backend]) -> None:
        place.write("mail", {"password": "x"})
        place.backend.close()
        place.backend.close()

        assert place.through(make_backend()).fields("mail") == {"password": "x"}

    def test_closing_one_instance_leaves_the_others_open(
        self, place: Place, make_backend: Callable[[], Backend]
    ) -> None:
        with make_backend() as other:
            place.through(other).write("mail", {"password": "x"})

        assert place.fields("mail") == {"password": "x"}


def _counted_up(place: Place, stored: Stored) -> bool:
    assert stored.version is not None
    count = int(stored.secret["count"].reveal()) + 1
    try:
        place.write("counter", {"count": str(count)}, if_version=stored.version)
    except ConflictError:
        return False
    return True
