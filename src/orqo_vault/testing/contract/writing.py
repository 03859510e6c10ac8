"""Writing: the whole secret, byte for byte, and a version that tells each write from the others."""

from __future__ import annotations

import pytest

from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place
from orqo_vault.testing.contract.values import AWKWARD_NAMES, AWKWARD_VALUES


class Writing(ContractFixtures):
    """``write`` without a condition, and what reads find afterwards."""

    @pytest.mark.parametrize("value", AWKWARD_VALUES.values(), ids=AWKWARD_VALUES)
    def test_a_value_comes_back_as_it_was_written(self, place: Place, value: str) -> None:
        place.write("awkward", {"before": "a", "field": value, "after": "b"})

        assert place.fields("awkward") == {"before": "a", "field": value, "after": "b"}

    def test_the_largest_value_comes_back_whole(self, place: Place) -> None:
        room = len('{"field": ""}')  # stores that keep JSON count its frame too
        value = ("0123456789abcdef" * (self.largest // 16 + 1))[: self.largest - room]
        place.write("large", {"field": value})

        found = place.fields("large")["field"]

        assert (len(found), found == value) == (len(value), True)

    def test_a_secret_may_have_one_field(self, place: Place) -> None:
        place.write("one", {"only": "x"})

        assert place.fields("one") == {"only": "x"}

    def test_a_secret_may_have_only_empty_fields(self, place: Place) -> None:
        place.write("empty", {"one": "", "two": ""})

        assert place.fields("empty") == {"one": "", "two": ""}

    def test_a_secret_may_have_many_fields(self, place: Place) -> None:
        fields = {f"field_{number}": f"value {number}" for number in range(60)}
        place.write("many", fields)

        assert place.fields("many") == fields

    def test_field_names_come_back_as_they_were_written(self, place: Place) -> None:
        place.write("names", AWKWARD_NAMES)

        assert place.fields("names") == AWKWARD_NAMES

    def test_a_write_replaces_the_whole_secret(self, place: Place) -> None:
        place.write("mail", {"username": "u", "password": "old"})
        place.write("mail", {"password": "new", "host": "h"})

        assert place.fields("mail") == {"password": "new", "host": "h"}

    def test_a_write_changes_no_other_secret(self, place: Place) -> None:
        place.write("team/mail", {"password": "mail"})
        place.write("team", {"password": "above"})
        place.write("team/mail/eu", {"password": "below"})
        place.write("team/mail", {"password": "new"})

        assert place.fields("team") == {"password": "above"}
        assert place.fields("team/mail/eu") == {"password": "below"}

    def test_a_read_gives_the_version_that_the_write_returned(self, place: Place) -> None:
        version = place.write("mail", {"password": "x"})

        assert isinstance(version, str)
        assert version
        assert place.present("mail").version == version

    def test_every_write_has_another_version(self, place: Place) -> None:
        versions = [place.write("mail", {"password": str(number)}) for number in range(5)]

        assert len(set(versions)) == 5
        assert place.present("mail").version == versions[-1]

    def test_writing_the_same_again_is_a_new_version(self, place: Place) -> None:
        first = place.write("mail", {"password": "same"})
        second = place.write("mail", {"password": "same"})

        assert first != second
