"""A YAML file becomes plain data with places; what is dangerous or surprising in YAML is refused where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings import document
from orqo_vault.settings.document import MAX_ALIASED, MAX_DEPTH, parse
from orqo_vault.settings.events import MAX_BYTES, c_parser, parser, pure_parser

TEXT = """\
# é and 😀 count as one column each
a: 1
"😀é": {b: two, c: [x, {d: 3}]}
e:
  f:
    - g

    - 007
h: &shared {i: j}
k: *shared
"""

BOTH = pytest.mark.parametrize("made_by", [c_parser, pure_parser])


@BOTH
def test_every_key_and_value_has_its_place(made_by: Callable[[str], Any]) -> None:
    read = parse(TEXT.encode(), "f", parser=made_by)
    assert read.data == {
        "a": 1,
        "😀é": {"b": "two", "c": ["x", {"d": 3}]},
        "e": {"f": ["g", 7]},
        "h": {"i": "j"},
        "k": {"i": "j"},
    }
    places = {
        ("a",): "f:2:4",
        ("😀é",): "f:3:1",
        ("😀é", "b"): "f:3:11",
        ("😀é", "c", 0): "f:3:20",
        ("😀é", "c", 1, "d"): "f:3:27",
        ("e", "f"): "f:5:3",
        ("e", "f", 1): "f:8:7",
        ("h", "i"): "f:9:16",
        ("k",): "f:10:1",
        ("k", "i"): "f:9:16",
    }
    assert {path: str(read.location(path)) for path in places} == places
    assert str(read.location(("a",), key=True)) == "f:2:1"
    assert read.source(("e", "f", 1)) == "007"
    assert read.source(("e",)) is None


def test_a_path_that_leads_nowhere_is_answered_where_the_way_ends() -> None:
    read = parse(TEXT.encode(), "f")
    assert str(read.location(("e", "nothing", "here"))) == "f:4:1"
    assert str(read.location(("e", "f", 9))) == "f:5:3"
    assert read.source(("e", "nothing")) is None


REFUSED = {
    "the same key twice": ("a: 1\nb: 2\na: 3\n", "3:1", "same key twice"),
    "twice, once quoted": ('a: 1\n"a": 2\n', "2:1", "same key twice"),
    "a number as the key twice": ("1: a\n'1': b\n", "2:1", "same key twice"),
    "a Python object": ("a: !!python/object/apply:os.system [x]\n", "1:4", "tags"),
    "a standard tag": ("a: !!str 1\n", "1:4", "tags"),
    "a local tag": ("a: !mine x\n", "1:4", "tags"),
    "the empty tag": ("a: ! x\n", "1:4", "tags"),
    "a tag on a mapping": ("a: !!map\n  b: 1\n", "1:4", "tags"),
    "a tag on a key": ("!!str a: 1\n", "1:1", "tags"),
    "a merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", "3:3", "merge keys"),
    "an alias to itself": ("a: &x\n  b: *x\n", "2:6", "contains itself"),
    "an alias to its own list": ("a: &x [1, [*x]]\n", "1:12", "contains itself"),
    "an alias to nothing": ("a: *x\n", "1:4", "not above it"),
    "an alias before its anchor": ("a: *x\nb: &x 1\n", "1:4", "not above it"),
    "an alias as a key": ("a: &x b\n*x : 1\n", "2:1", "key must be plain text"),
    "a list as a key": ("? [a]\n: 1\n", "1:3", "key must be plain text"),
    "a mapping as a key": ("{a: 1}: 2\n", "1:1", "key must be plain text"),
    "too deep in brackets": ("a: " + "[" * 50 + "]" * 50, f"1:{MAX_DEPTH + 3}", "nested more than"),
    "too deep in blocks": (
        "".join(f"{' ' * n}a:\n" for n in range(60)),
        f"{MAX_DEPTH + 1}:{MAX_DEPTH + 1}",
        "nested more than",
    ),
    "a list": ("- a\n", "1:1", "must be a mapping"),
    "one word": ("\n  word\n", "2:3", "must be a mapping"),
    "a second document": ("a: 1\n---\nb: 2\n", "2:1", "second document"),
    "not a number": ("a: 1\nb: [.nan]\n", "2:5", "not a finite number"),
    "infinite": ("a: -.inf\n", "1:4", "not a finite number"),
    "overflow": ("a: 1e999\n", "1:4", "too large"),
    "very many digits": (f"a: {'7' * 5000}\n", "1:4", "digits"),
    "a bracket that is not closed": ("a: [b,\n", "2:1", "not valid YAML"),
    "a quote that is not closed": ('a: "b\n', "2:1", "not valid YAML"),
    "a tab as indentation": ("a:\n\tb: 1\n", "2:1", "not valid YAML"),
    "a reserved sign": ("a: @b\n", "1:4", "not valid YAML"),
    "wrong indentation": ("a:\n    b: 1\n  c: 2\n", "3:3", "not valid YAML"),
    "NUL": ("a: b\nc: d\x00e\n", "2:5", "does not allow"),
    "an escape sequence": ("a: \x1b[31m\n", "1:4", "does not allow"),
    "a byte order mark": ("\ufeffa: 1\n", "1:1", "byte order mark"),
    "half a pair in an escape": ('a: "\\ud800"\n', "1:5", "not valid YAML"),
    "an escape beyond Unicode": ('a: "\\U7fffffff"\n', "1:5", "not valid YAML"),
    "an escape beyond anything": ('a: "\\UFFFFFFFF"\n', "1:5", "not valid YAML"),
}


@pytest.mark.parametrize("case", REFUSED)
@BOTH
def test_it_is_refused_where_it_stands(case: str, made_by: Callable[[str], Any]) -> None:
    text, place, reason = REFUSED[case]
    with pytest.raises(SettingsError) as caught:
        parse(text.encode(), "f", parser=made_by)
    assert reason in caught.value.message
    line, column, *_ = (*place.split(":"), "")
    assert caught.value.location is not None
    assert caught.value.location.line == int(line)
    if reason != "not valid YAML":  # where exactly a text stops being YAML, the two parsers see differently
        assert str(caught.value.location) == f"f:{line}:{column}"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a: b\nc: \xe9\n", "f:2:4"),
        (b"\xff\xfea\x00", "f:1:1"),
        ("é: é ".encode() + b"\xc3", "f:1:6"),
        (b"a: \xed\xa0\x80", "f:1:4"),
    ],
)
def test_what_is_not_utf8_is_refused_where_it_stops_being_so(content: bytes, place: str) -> None:
    with pytest.raises(SettingsError, match="not UTF-8") as caught:
        parse(content, "f")
    assert str(caught.value.location) == place


def test_a_file_that_is_too_large_is_not_even_decoded() -> None:
    with pytest.raises(SettingsError, match="larger than"):
        parse(b"\xff" * (MAX_BYTES + 1), "f")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "---\n# nothing\n", "{}", "null\n", "--- ~\n...\n"])
@BOTH
def test_a_file_that_says_nothing_is_an_empty_mapping(text: str, made_by: Callable[[str], Any]) -> None:
    read = parse(text.encode(), "f", parser=made_by)
    assert read.data == {}
    assert read.location(("a",)).line == 1


def test_an_alias_shares_what_it_stands_for() -> None:
    read = parse(b"a: &x [1, &y {b: c}]\nd: *x\ne: [*y, *y]\n", "f")
    assert read.data == {"a": [1, {"b": "c"}], "d": [1, {"b": "c"}], "e": [{"b": "c"}, {"b": "c"}]}


def test_aliases_cannot_multiply_without_bound() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]
    with pytest.raises(SettingsError, match=f"more than {MAX_ALIASED} characters") as caught:
        parse("\n".join(lines).encode(), "f")
    assert caught.value.location is not None
    assert caught.value.location.line == 7


@pytest.mark.parametrize("long", ["'{}'", "{{a: {}}}", "[{}]", "|\n  {}"])
def test_aliases_cannot_multiply_a_long_text_without_bound(long: str) -> None:
    text = "a: &x " + long.format("y" * 10_000) + "\nb: [" + ", ".join(["*x"] * 1_000) + "]\n"
    with pytest.raises(SettingsError, match=f"more than {MAX_ALIASED} characters"):
        parse(text.encode(), "f")
    few = text.replace("*x, " * 700, "")
    assert len(parse(few.encode(), "f").data["b"]) == 300


def test_aliases_cannot_nest_deeper_than_the_text_may() -> None:
    lines = [f"a{n}: &a{n} {'[' * 30}{f'*a{n - 1}' if n else ''}{']' * 30}" for n in range(40)]
    with pytest.raises(SettingsError, match="nested more than"):
        parse("\n".join(lines).encode(), "f")


def test_more_values_than_memory_should_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_VALUES", 10)
    with pytest.raises(SettingsError, match="more than 10 values") as caught:
        parse(b"a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "f")
    assert str(caught.value.location) == "f:1:29"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (",".join(f"a{n}: 1" for n in range(11)), "f:1:62"),
        ("a: {b: {" + ",".join(f"a{n}: 1" for n in range(11)) + "}}", "f:1:70"),
        ("a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "f:1:37"),
    ],
)
def test_only_sections_may_have_very_many_entries(monkeypatch: pytest.MonkeyPatch, text: str, place: str) -> None:
    monkeypatch.setattr(document, "MAX_ENTRIES", 10)
    with pytest.raises(SettingsError, match="more than 10 entries in one") as caught:
        parse(f"{{{text}}}".encode(), "f")
    assert str(caught.value.location) == place
    assert len(parse(("a: {" + ",".join(f"a{n}: 1" for n in range(11)) + "}").encode(), "f").data["a"]) == 11


@BOTH
def test_a_complaint_of_the_parser_quotes_nothing_longer_than_a_sign(made_by: Callable[[str], Any]) -> None:
    for text in (
        "a: !canary!x y\n",
        "%TAG !canary canary\n%TAG !canary canary\n---\na: 1\n",
        "a: *canary-\x07\n",
        "a: 'x' canary\n",
    ):
        with pytest.raises(SettingsError) as caught:
            parse(text.encode(), "f", parser=made_by)
        assert "canary" not in str(caught.value)


def test_libyaml_is_used_where_pyyaml_has_it() -> None:
    assert type(parser("a: 1")) is type(c_parser("a: 1"))


def test_without_libyaml_the_pure_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml._yaml", None)
    assert type(parser("a: 1")).__name__ == "PureParser"
    assert parse(TEXT.encode(), "f").data["e"] == {"f": ["g", 7]}
