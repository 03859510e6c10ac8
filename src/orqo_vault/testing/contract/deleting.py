"""Deleting: gone is gone, and says whether there was anything."""

from __future__ import annotations

import pytest

from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place


class Deleting(ContractFixtures):
    """``delete``, and what the other operations find afterwards."""

    @pytest.mark.parametrize("permanently", [False, True])
    def test_a_deleted_secret_is_absent(self, place: Place, permanently: bool) -> None:
        place.write("mail", {"password": "x"})
        reference = place.reference("mail")

        assert place.delete("mail", permanently=permanently) is True

        assert place.stored("mail") is None
        assert place.backend.read_many([reference], deadline=place.soon()) == {}
        assert place.backend.check([reference], deadline=place.soon()).absent == (str(reference),)

    def test_deleting_twice_tells_that_there_was_none(self, place: Place) -> None:
        place.write("mail", {"password": "x"})
        place.delete("mail")

        assert place.delete("mail") is False

    def test_deleting_what_never_was_tells_that_there_was_none(self, place: Place) -> None:
        assert place.delete("never/written") is False

    def test_deleting_one_leaves_the_others(self, place: Place) -> None:
        for path in ("team", "team/mail", "team/mail/eu", "team/mail2"):
            place.write(path, {"password": path})

        place.delete("team/mail")

        for path in ("team", "team/mail/eu", "team/mail2"):
            assert place.fields(path) == {"password": path}

    def test_a_deleted_secret_can_be_written_again(self, place: Place) -> None:
        place.write("mail", {"password": "old", "username": "u"})
        place.delete("mail")
        place.write("mail", {"password": "new"})

        assert place.fields("mail") == {"password": "new"}
        assert place.paths() == place.named("mail")
        assert place.delete("mail") is True
