"""``${VAR}`` in backend settings: five forms, expanded at use, with errors that never show what a variable holds."""

from __future__ import annotations

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.interpolation import expand, is_well_formed, refers

ENVIRON = {"A": "apple", "EMPTY": "", "B_2": "bee", "MONEY": "$A ${A} $$"}

EXPANDED = {
    "${A}": "apple",
    "x-${A}-${B_2}-y": "x-apple-bee-y",
    "${EMPTY}": "",
    "${A:-d}": "apple",
    "${NONE:-d}": "d",
    "${EMPTY:-d}": "d",
    "${EMPTY-d}": "",
    "${NONE-d}": "d",
    "${NONE:-}": "",
    "${NONE:-http://h:1/p?q=1-2}": "http://h:1/p?q=1-2",
    "${A:?why}": "apple",
    "${EMPTY?why}": "",
    "$$": "$",
    "$${A}": "${A}",
    "$$$${A}": "$${A}",
    "$$${A}": "$apple",
    "$A": "$A",
    "$": "$",
    "5$": "5$",
    "{A}": "{A}",
    "": "",
    "${MONEY}": "$A ${A} $$",
}


@pytest.mark.parametrize("text", EXPANDED)
def test_a_reference_becomes_what_its_form_says(text: str) -> None:
    assert expand(text, ENVIRON, "w") == EXPANDED[text]


REFUSED = {
    "${NONE}": ("w: NONE is not set", "${NONE:-"),
    "${EMPTY:?it is needed}": ("w: EMPTY is empty: it is needed", ""),
    "${NONE?}": ("w: NONE is not set", "set NONE"),
    "${NONE:?}": ("w: NONE is not set", "set NONE"),
    "${": ("w: a ${ without", "${VAR}"),
    "${A": ("w: a ${ without", "${VAR}"),
    "${}": ("w: a ${ without", "${VAR}"),
    "${1A}": ("w: a ${ without", "${VAR}"),
    "${A b}": ("w: a ${ without", "${VAR}"),
    "${A:-${B_2}}": ("w: a ${ without", "${VAR}"),
    "${A:+x}": ("w: a ${ without", "${VAR}"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_expanded_is_an_error_that_names_the_variable(text: str) -> None:
    message, hint = REFUSED[text]
    with pytest.raises(SettingsError) as caught:
        expand(text, ENVIRON, "w")
    assert caught.value.message.startswith(message)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("text", [*EXPANDED, *REFUSED])
def test_what_is_not_well_formed_is_known_without_an_environment(text: str) -> None:
    assert is_well_formed(text) == ("a ${ without" not in REFUSED.get(text, ("", ""))[0])


def test_texts_are_expanded_at_any_depth_and_nothing_else_is_touched() -> None:
    options = {"a": ["${A}", 1, {"b": "${B_2}"}], "${A}": True, "n": None}
    assert expand(options, ENVIRON, "w") == {"a": ["apple", 1, {"b": "bee"}], "${A}": True, "n": None}
    assert options["a"] == ["${A}", 1, {"b": "${B_2}"}]


def test_an_error_says_where() -> None:
    with pytest.raises(SettingsError, match=r"^backends\.corp\.auth\.names\[1\]: NONE is not set$"):
        expand({"auth": {"names": ["x", "${NONE}"]}}, ENVIRON, "backends.corp")


def test_an_error_does_not_show_what_a_variable_holds() -> None:
    with pytest.raises(SettingsError) as caught:
        expand("${A}${B_2}${EMPTY:?no}", ENVIRON, "w")
    assert not {"apple", "bee"} & set(str(caught.value).split())
    assert "apple" not in str(caught.value)


def test_references_are_noticed_at_any_depth() -> None:
    assert refers({"a": [{"b": "x$$"}]})
    assert refers(["${A}"])
    assert not refers({"a": ["$A", 1, None, True], "${A}": 2})
