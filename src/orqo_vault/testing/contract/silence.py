"""Silence: no value in an error, a log line, a picture of an object, or on the terminal."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable
from contextlib import suppress

import pytest

from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import Secret
from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place

CANARY = "canary-Zq7-never-shown"
FIELDS = {"username": "ana", "password": CANARY}
FAILURES: dict[str, Callable[[Place], object]] = {
    "it is not absent": lambda place: place.write("mail", FIELDS, if_version=Expected.ABSENT),
    "stale version": lambda place: place.write("mail", FIELDS, if_version="no such version"),
    "late write": lambda place: place.backend.write(
        place.reference("mail"), Secret(FIELDS), if_version=Expected.ANY, deadline=Deadline(0)
    ),
    "late read": lambda place: place.backend.read(place.reference("mail"), deadline=Deadline(0)),
    "late batch": lambda place: place.backend.read_many([place.reference("mail")], deadline=Deadline(0)),
    "late delete": lambda place: place.backend.delete(place.reference("mail"), deadline=Deadline(0)),
    "late listing": lambda place: place.backend.list_paths(deadline=Deadline(0)),
}


class Silence(ContractFixtures):
    """What the backend says while it works and when it fails."""

    @pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
    def test_an_error_shows_no_value(self, place: Place, fail: Callable[[Place], object]) -> None:
        place.write("mail", FIELDS)

        with pytest.raises(OrqoVaultError) as caught:
            fail(place)

        error = caught.value
        assert CANARY not in "".join(traceback.format_exception(error))
        assert CANARY not in repr((error, error.hint, error.paths, vars(error)))

    def test_objects_show_no_value_when_printed(self, place: Place) -> None:
        place.write("mail", FIELDS)
        stored = place.present("mail")
        backend = place.backend

        for thing in (backend, vars(backend), backend.settings, place.reference("mail"), stored):
            assert CANARY not in f"{thing!r} {thing}"

    def test_pickling_carries_no_value(self, place: Place) -> None:
        place.write("mail", FIELDS)

        for thing in (place.present("mail"), place.backend):
            carried = b""
            with suppress(TypeError, AttributeError, pickle.PicklingError):  # refusing is right too
                carried = pickle.dumps(thing)
            assert CANARY.encode() not in carried

    def test_work_is_done_without_a_word_about_values(
        self, place: Place, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.DEBUG)
        place.write("mail", FIELDS)
        version = place.write("mail", {**FIELDS, "more": CANARY})
        place.fields("mail")
        place.backend.read_many([place.reference("mail"), place.reference("gone")], deadline=place.soon())
        place.backend.check([place.reference("mail")], deadline=place.soon())
        with suppress(OrqoVaultError):
            place.write("mail", FIELDS, if_version=f"{version}0")
        place.paths()
        place.delete("mail")

        assert capfd.readouterr() == ("", "")
        assert CANARY not in caplog.text
        assert CANARY not in repr([vars(record) for record in caplog.records])
