"""Credits as text and as whole micro-credits: exact both ways, and nothing finer than one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orqo_vault.credits import LARGEST, credits_text, micro_credits


@given(st.integers(-LARGEST, LARGEST))
def test_every_amount_survives_being_written(amount: int) -> None:
    assert micro_credits(credits_text(amount)) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", 0), ("1", 1_000_000), ("2.50", 2_500_000), ("0.000001", 1), ("-0.1", -100_000), ("007", 7_000_000)],
)
def test_what_a_person_writes(text: str, amount: int) -> None:
    assert micro_credits(text) == amount


@pytest.mark.parametrize(
    "text", ["", "1e3", "0.0000001", ".5", "1.", "+1", " 1", "1,5", "NaN", "inf", "--1", "1000000001", "\u0661"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="credits"):
        micro_credits(text)


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (1, "0.000001"), (-1, "-0.000001"), (2_500_000, "2.5")])
def test_what_a_person_reads(amount: int, text: str) -> None:
    assert credits_text(amount) == text
