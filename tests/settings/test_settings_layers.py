"""Layers: mappings merge by key, everything else replaces, null removes, and every value keeps its place."""

from __future__ import annotations

from typing import Any

import pytest

from orqo_vault.settings.document import parse
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.origins import origins


def layers(*texts: str) -> Layers:
    return Layers(tuple(parse(text.encode(), f"l{number}") for number, text in enumerate(texts)))


MERGED = {
    "mappings merge": (("a: {b: 1, c: 2}", "a: {c: 3, d: 4}"), {"a": {"b": 1, "c": 3, "d": 4}}),
    "at any depth": (("a: {b: {c: {d: 1}}}", "a: {b: {c: {e: 2}}}"), {"a": {"b": {"c": {"d": 1, "e": 2}}}}),
    "lists replace": (("a: [1, 2]", "a: [3]"), {"a": [3]}),
    "scalars replace": (("a: 1", "a: x"), {"a": "x"}),
    "a mapping replaces a scalar": (("a: 1", "a: {b: 2}"), {"a": {"b": 2}}),
    "a scalar replaces a mapping": (("a: {b: 2}", "a: 1"), {"a": 1}),
    "null replaces": (("a: {b: 1}", "a: null"), {"a": None}),
    "what null removed does not come back": (("a: {b: 1}", "a: null", "a: {c: 2}"), {"a": {"c": 2}}),
    "the third wins": (("a: 1", "a: 2", "a: 3"), {"a": 3}),
    "an empty layer changes nothing": (("a: 1", "", "# nothing"), {"a": 1}),
}


@pytest.mark.parametrize("rule", MERGED)
def test_merging(rule: str) -> None:
    texts, expected = MERGED[rule]
    assert layers(*texts).data == expected


def test_merging_changes_no_layer() -> None:
    base = parse(b"a: &x {b: 1}\nc: *x\n", "base")
    both = Layers((base, parse(b"a: {b: 2, d: 3}\n", "top")))
    assert base.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert both.data == {"a": {"b": 2, "d": 3}, "c": {"b": 1}}


BASE = "a:\n  b: 1\n  c: {d: 1}\nl: [1, {x: 2}]\ne: 007\n"
PROFILE = "a:\n  b: 2\n  c: null\nl:\n  - {x: 3}\n"
LOCAL = "a:\n  c: {z: 1}\n  n: 1.10\n"

PLACES: dict[tuple[str | int, ...], str] = {
    ("a",): "l0:1:1",
    ("a", "b"): "l1:2:6",
    ("a", "c"): "l2:2:3",
    ("a", "c", "z"): "l2:2:10",
    ("a", "n"): "l2:3:6",
    ("l",): "l1:4:1",
    ("l", 0, "x"): "l1:5:9",
    ("e",): "l0:5:4",
    ("nothing", "here"): "l0:1:1",
    ("a", "nothing"): "l0:1:1",
}


@pytest.mark.parametrize("path", PLACES)
def test_a_value_is_where_the_highest_layer_that_says_it_has_it(path: tuple[str | int, ...]) -> None:
    assert str(layers(BASE, PROFILE, LOCAL).location(path)) == PLACES[path]


def test_a_scalar_is_known_as_it_is_written() -> None:
    all_three = layers(BASE, PROFILE, LOCAL)
    assert all_three.source(("e",)) == "007"
    assert all_three.source(("a", "n")) == "1.10"
    assert all_three.source(("a",)) is None


def test_an_edit_goes_to_the_layer_that_declares_the_entry() -> None:
    all_three = layers("c: {x: {k: 1}}", "c: {x: {m: 2}, y: {k: 3}}", "c: {x: {m: 4}}")
    declaring = {
        path: all_three.declaring(path).file for path in (("c", "x"), ("c", "y"), ("c", "x", "m"), ("c", "x", "k"))
    }
    assert declaring == {("c", "x"): "l0", ("c", "y"): "l1", ("c", "x", "m"): "l2", ("c", "x", "k"): "l0"}


def test_settings_have_at_least_one_layer() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Layers(())


def test_every_leaf_has_its_origin() -> None:
    found: list[tuple[str, Any, str]] = [
        (each.name, each.value, str(each.location)) for each in origins(layers(BASE + "m: {}\nn: []\n", PROFILE, LOCAL))
    ]
    assert found == [
        ("a.b", 2, "l1:2:6"),
        ("a.c.z", 1, "l2:2:10"),
        ("a.n", 1.1, "l2:3:6"),
        ("l", [{"x": 3}], "l1:4:1"),
        ("e", 7, "l0:5:4"),
        ("m", {}, "l0:6:1"),
        ("n", [], "l0:7:1"),
    ]


def test_empty_settings_have_no_origins() -> None:
    assert list(origins(layers(""))) == []
