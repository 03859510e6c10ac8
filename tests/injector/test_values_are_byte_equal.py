"""What was stored is what a real child process finds, byte for byte, up to the size a program can be given."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orqo_vault.credential import BoundField, Category, Credential
from orqo_vault.errors import DeliveryError
from orqo_vault.injector import Environment, Selected, build_environment
from orqo_vault.injector.carriage import MAX_BYTES
from orqo_vault.secret import Secret

PEM = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 50 + "-----END PRIVATE KEY-----\n"
HARD = [
    *("", " ", "  two  ", "\n", "\r\n", "a\nb\n", "a\r\nb\r\n", "tab\tbed", "\x01\x1b[31m\x7f", "\\n", "\\"),
    *("$HOME", "${HOME}", "$(id)", "`id`", "%PATH%", "!x", "#x", "~", "*", "a=b", "=", "a;b", "a&b|c", "<>", "{}"),
    *(
        '"',
        "'",
        "''",
        '"quoted"',
        "it's",
        "\\'",
        "naïve",
        "Straße",
        "日本語",
        "🔑🇩🇪👩\u200d💻",
        "e\u0301",
        "\ufeffbom",
        "\u2028",
    ),
    *("x" * 65_536, "é" * 32_768, PEM, PEM.replace("\n", "\r\n"), '{"json": "\\u0000"}', "-n", "--", "-e x"),
]
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def environment_of(values: dict[str, str]) -> Environment:
    credential = Credential(id="a", name="a", key="A", category=Category.CUSTOM, type="custom")
    fields = tuple(
        BoundField(name=name, stored_as=name, secret=True, required=True, default=None, variables=(name,))
        for name in values
    )
    return build_environment([Selected(credential, fields, Secret(values))])


def seen_by_a_child(environment: dict[str, str]) -> dict[bytes, bytes]:
    code = "import os, sys; sys.stdout.buffer.write(repr(os.environb._data).encode())"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], env=environment, capture_output=True, check=True)
    found: dict[bytes, bytes] = eval(done.stdout)
    return found


def test_a_child_finds_every_hard_value_byte_for_byte() -> None:
    values = {f"V{number}": value for number, value in enumerate(HARD)}
    found = seen_by_a_child(environment_of(values).reveal())
    assert {name: found[name.encode()] for name in values} == {name: value.encode() for name, value in values.items()}


@given(st.dictionaries(st.from_regex(r"[A-Z]{4}[A-Z0-9]{0,6}", fullmatch=True).map("V_".__add__), text, max_size=8))
def test_any_text_comes_out_as_it_went_in(values: dict[str, str]) -> None:
    assert environment_of(values).reveal() == values


@settings(max_examples=10, deadline=None)
@given(st.lists(text, min_size=1, max_size=20))
def test_any_text_reaches_a_child_as_it_went_in(values: list[str]) -> None:
    named = {f"V{number}": value for number, value in enumerate(values)}
    found = seen_by_a_child(environment_of(named).reveal())
    assert [found[name.encode()] for name in named] == [value.encode() for value in values]


@pytest.mark.parametrize("letter", ["x", "é", "🔑"])
def test_the_largest_value_reaches_a_child_and_one_byte_more_is_refused_by_name(letter: str) -> None:
    room = MAX_BYTES - len("TOKEN=")
    largest = letter * (room // len(letter.encode()))
    largest += "x" * (room - len(largest.encode()))
    assert seen_by_a_child(environment_of({"TOKEN": largest}).reveal())[b"TOKEN"] == largest.encode()
    with pytest.raises(DeliveryError, match=r"field 'TOKEN': TOKEN would be larger than the 131071 bytes"):
        environment_of({"TOKEN": largest + "x"})
