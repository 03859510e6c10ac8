"""Conditional writes: what moved since it was read is never overwritten."""

from __future__ import annotations

import pytest

from orqo_vault.backend import Expected
from orqo_vault.errors import ConflictError
from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place


class ConditionalWrites(ContractFixtures):
    """``write`` with ``if_version``."""

    def test_the_present_version_may_be_replaced(self, place: Place) -> None:
        version = place.write("mail", {"password": "old"})

        newer = place.write("mail", {"password": "new"}, if_version=version)

        assert newer != version
        assert place.fields("mail") == {"password": "new"}

    def test_a_stale_version_is_a_conflict_and_changes_nothing(self, place: Place) -> None:
        stale = place.write("mail", {"password": "first"})
        version = place.write("mail", {"password": "second"})

        with pytest.raises(ConflictError):
            place.write("mail", {"password": "third"}, if_version=stale)

        assert place.fields("mail") == {"password": "second"}
        assert place.present("mail").version == version

    def test_a_version_of_another_secret_is_a_conflict(self, place: Place) -> None:
        place.write("mail", {"password": "x"})
        place.write("other", {"password": "x"})
        foreign = place.write("other", {"password": "y"})

        with pytest.raises(ConflictError):
            place.write("mail", {"password": "z"}, if_version=f"{foreign}0")

        assert place.fields("mail") == {"password": "x"}

    def test_a_version_that_never_was_is_a_conflict(self, place: Place) -> None:
        place.write("mail", {"password": "x"})

        with pytest.raises(ConflictError):
            place.write("mail", {"password": "y"}, if_version="no such version")

        assert place.fields("mail") == {"password": "x"}

    def test_a_version_of_what_is_gone_is_a_conflict(self, place: Place) -> None:
        version = place.write("mail", {"password": "x"})
        place.delete("mail")

        with pytest.raises(ConflictError):
            place.write("mail", {"password": "y"}, if_version=version)

        assert place.stored("mail") is None

    def test_a_version_from_before_a_delete_stays_stale(self, place: Place) -> None:
        before = place.write("mail", {"password": "x"})
        place.delete("mail")
        place.write("mail", {"password": "y"})

        with pytest.raises(ConflictError):
            place.write("mail", {"password": "z"}, if_version=before)

        assert place.fields("mail") == {"password": "y"}

    def test_expecting_absence_creates(self, place: Place) -> None:
        version = place.write("mail", {"password": "x"}, if_version=Expected.ABSENT)

        assert place.present("mail").version == version
        assert place.fields("mail") == {"password": "x"}

    def test_expecting_absence_of_what_is_there_is_a_conflict_and_changes_nothing(self, place: Place) -> None:
        version = place.write("mail", {"password": "x"})

        with pytest.raises(ConflictError):
            place.write("mail", {"password": "y"}, if_version=Expected.ABSENT)

        assert place.fields("mail") == {"password": "x"}
        assert place.present("mail").version == version

    def test_expecting_absence_after_a_delete_creates(self, place: Place) -> None:
        place.write("mail", {"password": "x", "username": "u"})
        place.delete("mail")

        place.write("mail", {"password": "y"}, if_version=Expected.ABSENT)

        assert place.fields("mail") == {"password": "y"}

    def test_a_conflict_names_the_path(self, place: Place) -> None:
        place.write("team/mail", {"password": "x"})

        with pytest.raises(ConflictError) as caught:
            place.write("team/mail", {"password": "y"}, if_version=Expected.ABSENT)

        assert place.reference("team/mail").path in f"{caught.value} {caught.value.paths}"
