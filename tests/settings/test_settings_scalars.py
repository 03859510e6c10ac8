"""Plain scalars mean what YAML 1.2's core schema says, and nothing that YAML 1.1 added."""

from __future__ import annotations

import pytest

from orqo_vault.settings.scalars import MAX_NUMBER, plain_value

MEANINGS = {
    "": None,
    "~": None,
    "null": None,
    "NULL": None,
    "true": True,
    "False": False,
    "0": 0,
    "-12": -12,
    "+12": 12,
    "012": 12,
    "0o14": 12,
    "0x1F": 31,
    "1.5": 1.5,
    ".5": 0.5,
    "1.": 1.0,
    "-1.5e3": -1500.0,
    "1e3": 1000.0,
}

TEXTS = (
    *("yes", "no", "on", "off", "y", "n", "Yes", "nUll", "tRUE", "TrUe", "none"),
    *("2027-01-31", "2027-01-31T00:00:00Z", "12:30", "1:30:00", "1_000", "0b11", "0o8", "-0x1F", "0x"),
    *("1.2.3", "1e", "e3", "+", "-", ".", "-.", "..", ".e1", "<<", "=", "1 2", "١٢", "infinity", "nan", "12\n"),
)


@pytest.mark.parametrize("text", MEANINGS)
def test_a_word_or_number_of_the_core_schema_is_what_it_says(text: str) -> None:
    found = plain_value(text)
    assert (type(found), found) == (type(MEANINGS[text]), MEANINGS[text])


@pytest.mark.parametrize("text", TEXTS)
def test_everything_else_is_text(text: str) -> None:
    assert plain_value(text) == text


@pytest.mark.parametrize(
    "text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "9" * 400 + ".0", "1" * (MAX_NUMBER + 1)]
)
def test_a_number_without_an_exact_meaning_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="quote it") as caught:
        plain_value(text)
    assert text not in str(caught.value)


def test_the_longest_number_is_exact() -> None:
    assert plain_value("9" * MAX_NUMBER) == int("9" * MAX_NUMBER)
