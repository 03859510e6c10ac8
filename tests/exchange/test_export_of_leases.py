"""A leased secret ends with its run, so that it is not exported, and is given back at once."""

from __future__ import annotations

import pytest

from orqo_vault.errors import DeliveryError
from orqo_vault.vault.exporting import export_selection
from tests.vault.test_leases import out, vault


def test_a_leased_secret_is_not_exported_and_given_back() -> None:
    with vault() as lending:
        with pytest.raises(DeliveryError, match="a leased secret ends with its run"):
            export_selection(lending, "json", only=["a"], name="x")
        assert out == []
