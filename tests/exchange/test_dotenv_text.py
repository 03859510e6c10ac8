"""Our reader of .env files says what python-dotenv says, and knows where everything stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orqo_vault.exchange.dotenv_text import entries

from .awkward import AWKWARD
from .consumers import python_dotenv_literally

FILES = [
    "A=1\nB=2\n",
    "A=1",
    "A=1\r\nB=2\r\n\r\n",
    "A=1\rB=2",
    "export A=1\n  export\tB = 2 \nexport\n",
    "# comment\n\n  # another\nA=1 # said\nB=2# not said\nC= # nothing\nD=#x\nE=",
    "A\nB\n A = x y \t\n",
    "A='it\\'s'\nB=\"a\\nb\\t\\\\ \\q\"\nC='a\\nb'",
    "A='two\nlines'\nB=\"two\r\nlines\" # said\nC=1",
    "A='open\nB=2\n",
    'A="x" y\nB=2\n',
    "A='\nB=\"\nC=3",
    "'QUOTED'=1\n'SPACED NAME' = 2\n''=3",
    "=1\n==\nA==1",
    "A=1\nA=2\n",
    "\ufeffA=1\n",
    "A=${B}\nB='${A}'\nC=$A",
    "A=\\\nB=1\n",
    "A=a'b\"c\n",
    "\u00a0A=1\u2028B=2\n",
    "",
    "\n\n",
    "   ",
]


def read(text: str) -> dict[str, str | None]:
    return {entry.name: entry.value for entry in entries(text) if entry.name is not None}


@pytest.mark.parametrize("text", FILES)
def test_a_file_is_read_as_python_dotenv_reads_it(text: str) -> None:
    assert read(text) == python_dotenv_literally(text)


@settings(max_examples=500)
@given(text=st.text(st.sampled_from("AB='\"\\#\n\r \tn$ex"), max_size=40))
def test_any_file_is_read_as_python_dotenv_reads_it(text: str) -> None:
    assert read(text) == python_dotenv_literally(text)


@pytest.mark.slow
@settings(max_examples=20_000)
@given(text=st.text(st.sampled_from("AB='\"\\#\n\r \tn$ex\ufeff\u2028"), max_size=60))
def test_any_file_is_read_as_python_dotenv_reads_it_at_length(text: str) -> None:
    assert read(text) == python_dotenv_literally(text)


@settings(max_examples=200)
@given(text=st.text(st.sampled_from("AB='\"\\#\n\r =x"), max_size=40))
def test_every_entry_stands_where_it_says(text: str) -> None:
    found = list(entries(text))

    assert all(a.end <= b.start for a, b in pairwise(found))
    for entry in found:
        alone = text[entry.start : entry.end]
        if entry.name is not None and not alone.startswith("\ufeff"):
            assert read(alone) == {entry.name: entry.value}


def test_an_entry_begins_at_its_own_line_and_ends_with_it() -> None:
    text = "\n# about B\n\n  export A='1\n2' # said\nB=3"
    first, second = entries(text)

    assert text[first.start : first.end] == "  export A='1\n2' # said\n"
    assert text[second.start : second.end] == "B=3"
    assert (first.line, second.line) == (4, 6)


def test_a_line_nobody_can_read_is_said_with_its_number() -> None:
    assert [(entry.name, entry.line) for entry in entries("A=1\n\nB='open\nC=3\n")] == [("A", 1), (None, 3), ("C", 4)]


def test_an_entry_shows_no_value() -> None:
    assert "hunter2" not in repr(next(entries("A=hunter2")))


@pytest.mark.parametrize("case", AWKWARD)
def test_what_export_writes_is_read_back(case: str) -> None:
    from orqo_vault.errors import DeliveryError

    from .test_export_formats import written

    try:
        text = written("dotenv", AWKWARD[case])
    except DeliveryError:
        return
    assert read(text) == {"NAME0": AWKWARD[case]}
