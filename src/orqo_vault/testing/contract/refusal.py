"""Refusal: denied is never absent. These run only for a backend that gives ``denied_references``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from orqo_vault.errors import AccessDeniedError
from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place


class Refusal(ContractFixtures):
    """``read``, ``read_many`` and ``check`` of what the backend refuses."""

    def test_reading_what_is_denied_is_an_error(self, place: Place, denied_references: Sequence[Any]) -> None:
        for reference in denied_references:
            with pytest.raises(AccessDeniedError) as caught:
                place.backend.read(reference, deadline=place.soon())

            assert reference.path in f"{caught.value} {caught.value.paths}"

    def test_a_batch_with_something_denied_is_an_error_that_names_all_of_it(
        self, place: Place, denied_references: Sequence[Any]
    ) -> None:
        place.write("allowed", {"token": "x"})
        batch = [place.reference("allowed"), *denied_references, place.reference("gone")]

        with pytest.raises(AccessDeniedError) as caught:
            place.backend.read_many(batch, deadline=place.soon())

        said = f"{caught.value} {caught.value.paths}"
        assert [reference.path for reference in denied_references if reference.path not in said] == []

    def test_check_calls_what_is_denied_a_problem(self, place: Place, denied_references: Sequence[Any]) -> None:
        for reference in denied_references:
            health = place.backend.check([reference], deadline=place.soon())

            assert not health.usable
            assert health.absent == ()
