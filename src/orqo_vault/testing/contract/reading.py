"""Reading: absence is a value, and a batch says the same as its parts."""

from __future__ import annotations

from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place


class Reading(ContractFixtures):
    """``read``, ``read_many`` and ``check``."""

    def test_an_absent_secret_is_none(self, place: Place) -> None:
        assert place.stored("never/written") is None

    def test_a_neighbour_is_not_found_instead(self, place: Place) -> None:
        place.write("team/mail", {"password": "x"})

        assert place.stored("team") is None
        assert place.stored("team/mai") is None
        assert place.stored("team/mail/more") is None

    def test_reading_twice_gives_the_same(self, place: Place) -> None:
        place.write("mail", {"password": "x"})

        assert place.present("mail") == place.present("mail")

    def test_a_batch_leaves_out_what_is_absent(self, place: Place) -> None:
        place.write("here", {"token": "x"})
        here, gone = place.reference("here"), place.reference("gone")

        found = place.backend.read_many([here, gone], deadline=place.soon())

        assert list(found) == [here]

    def test_a_batch_agrees_with_single_reads(self, place: Place) -> None:
        for path in ("one", "two", "three"):
            place.write(path, {"token": f"value of {path}"})
        references = [place.reference(path) for path in ("one", "two", "three")]

        found = place.backend.read_many(references, deadline=place.soon())

        assert found == {ref: place.backend.read(ref, deadline=place.soon()) for ref in references}

    def test_a_batch_takes_a_reference_twice(self, place: Place) -> None:
        place.write("one", {"token": "x"})
        twice = [place.reference("one"), place.reference("one")]

        found = place.backend.read_many(twice, deadline=place.soon())

        assert list(found) == twice[:1]

    def test_a_batch_takes_any_iterable_once(self, place: Place) -> None:
        place.write("one", {"token": "x"})
        place.write("two", {"token": "y"})

        found = place.backend.read_many((place.reference(path) for path in ("one", "two")), deadline=place.soon())

        assert len(found) == 2

    def test_an_empty_batch_is_an_empty_mapping(self, place: Place) -> None:
        assert place.backend.read_many([], deadline=place.soon()) == {}

    def test_check_finds_nothing_wrong_with_a_usable_backend(self, place: Place) -> None:
        health = place.backend.check(deadline=place.soon())

        assert health.usable, health.problems

    def test_check_tells_absent_from_present(self, place: Place) -> None:
        place.write("here", {"token": "x"})
        here, gone = place.reference("here"), place.reference("gone")

        health = place.backend.check([here, gone], deadline=place.soon())

        assert health.absent == (str(gone),)
        assert health.usable, "an absent secret is not a problem of the backend"
