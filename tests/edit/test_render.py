"""Whatever is written into the settings file is what the settings reader reads back."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import Any

import pytest

from orqo_vault.edit.plain import plain
from orqo_vault.edit.render import block, inline
from orqo_vault.errors import SettingsError
from orqo_vault.settings.document import parse

CHARACTERS = "ab?:-#,[]{}&*!|>'\"%@` \t\n\r\x85\u2028\ufeff\x00\x1b~=<0.9_+é😀\\/"
WORDS = [
    "yes",
    "no",
    "on",
    "null",
    "~",
    "true",
    "1e3",
    "012",
    "0o17",
    "0xff",
    ".inf",
    "1:30",
    "2027-01-31",
    "<<",
    "=",
    "",
]
NUMBERS = [0, 1, -1, 2.5, 1e20, 1e-7, True, False, None, 10**40]


def any_data(random: random.Random, depth: int = 0) -> Any:
    kind = random.randrange(10)
    if kind == 0 and depth < 3:
        return {any_text(random): any_data(random, depth + 1) for _ in range(random.randrange(4))}
    if kind == 1 and depth < 3:
        return [any_data(random, depth + 1) for _ in range(random.randrange(4))]
    return random.choice(NUMBERS) if kind == 2 else any_text(random)


def any_text(random: random.Random) -> str:
    if random.randrange(4) == 0:
        return random.choice(WORDS)
    return "".join(random.choice(CHARACTERS) for _ in range(random.randrange(9)))


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_what_is_written_is_read_back(count: int, quote: str) -> None:
    for seed in range(count):
        value = any_data(random.Random(seed))
        in_a_mapping = f"k: {inline(value, in_brackets=False, quote=quote)}\n"
        in_brackets = f"{{k: {inline(value, quote=quote)}, l: {inline(value)}}}"
        in_lines = "\n".join(block("k", value, column=2, step=4, levels=2))
        assert parse(in_a_mapping.encode(), "f").data == {"k": value}, f"seed {seed}"
        assert parse(in_brackets.encode(), "f").data == {"k": value, "l": value}, f"seed {seed}"
        assert parse(in_lines.encode(), "f").data == {"k": value}, f"seed {seed}"
        assert "\n" not in in_brackets, f"seed {seed}"


def test_ordinary_values_are_written_without_quotes() -> None:
    assert inline("Outgoing mail, EU", in_brackets=False) == "Outgoing mail, EU"
    assert inline({"username": ["SMTP_USER"], "port": 587}) == "{username: [SMTP_USER], port: 587}"


def test_words_that_other_readers_take_for_a_truth_value_are_quoted() -> None:
    assert inline("no", in_brackets=False) == "'no'"


def test_an_enumerations_member_is_its_text() -> None:
    class Mode(StrEnum):
        OWN = "own"

    assert inline(plain({"mode": Mode.OWN, "pair": ("a", "b")})) == "{mode: own, pair: [a, b]}"


@pytest.mark.parametrize("value", [object(), {"a", "b"}, b"bytes", float("nan"), float("inf")])
def test_what_no_settings_file_can_hold_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="cannot stand in the settings file"):
        plain({"key": value})


def test_half_a_character_is_refused_without_being_quoted() -> None:
    with pytest.raises(SettingsError, match=r"^half a character cannot stand in the settings file$"):
        plain({"name": "half: \ud800"})
