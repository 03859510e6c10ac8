"""A secret value shows itself to nobody who does not say ``reveal``."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from orqo_vault.secret import MASK, Secret, SecretValue

CANARY = "canary-4f1d"


@dataclasses.dataclass
class Holder:
    """Anything that happens to hold a secret."""

    value: object


VALUE = SecretValue(CANARY)
SECRET = Secret({"username": "ana", "password": CANARY})

PICTURES: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "format": lambda thing: f"{thing}",
    "format with a width": lambda thing: f"{thing!s:>40}",
    "percent": lambda thing: "%s %r" % (thing, thing),  # noqa: UP031  # the old way is one of the ways
    "in a list": lambda thing: repr([thing]),
    "in a mapping": lambda thing: str({"key": thing}),
    "in a dataclass": lambda thing: repr(Holder(thing)),
    "pprint": pprint.pformat,
    "logging": lambda thing: logging.LogRecord("x", 10, "", 1, "%s", (thing,), None).getMessage(),
    "json with a default": lambda thing: json.dumps(thing, default=str),
    "slots": lambda thing: repr([getattr(thing, "__dict__", None)]),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_no_picture_of_it_shows_the_value(picture: Callable[[Any], str], thing: object) -> None:
    assert CANARY not in picture(thing)


def test_a_value_formats_as_a_mask_whatever_the_format() -> None:
    assert f"{VALUE:x}" == f"{VALUE:>3}" == str(VALUE) == MASK


def test_a_secret_shows_its_field_names_only() -> None:
    assert repr(SECRET) == f"Secret(username={MASK}, password={MASK})"


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_cannot_be_pickled(thing: object, protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(thing, protocol)


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_a_pickle_of_what_holds_it_fails_without_the_value(thing: object) -> None:
    with pytest.raises(TypeError) as caught:
        pickle.dumps({"held": Holder(thing)})

    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_json_refuses_it(thing: object) -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"held": thing})

    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_a_copy_is_the_thing_itself(thing: object) -> None:
    assert copy.copy(thing) is thing
    assert copy.deepcopy({"held": thing})["held"] is thing


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_it_has_no_dict_to_dump(thing: object) -> None:
    with pytest.raises(TypeError):
        vars(thing)


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_it_has_no_hash(thing: object) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(thing)


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
def test_it_has_no_order(thing: Any) -> None:
    with pytest.raises(TypeError):
        sorted([thing, thing])


@pytest.mark.parametrize("thing", [VALUE, SECRET], ids=["value", "secret"])
@pytest.mark.parametrize("name", ["_value", "_fields", "anything"])
def test_it_does_not_change(thing: Any, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(thing, name, "other")
    with pytest.raises(AttributeError):
        delattr(thing, name)


def test_a_value_reveals_what_it_was_given() -> None:
    assert VALUE.reveal() == CANARY


@pytest.mark.parametrize("wrong", [b"bytes", 587, None, ["text"], VALUE])
def test_a_value_is_text(wrong: Any) -> None:
    with pytest.raises(TypeError, match=rf"a secret value is text, not {type(wrong).__name__}$"):
        SecretValue(wrong)


def test_values_are_equal_when_their_texts_are() -> None:
    assert SecretValue("a") == SecretValue("a")
    assert SecretValue("a") != SecretValue("b")
    assert SecretValue("\ud800") != SecretValue("a"), "text that is no valid Unicode compares too"


def test_a_value_never_equals_plain_text() -> None:
    assert VALUE != CANARY
    assert CANARY not in [VALUE]


def test_an_empty_value_is_false() -> None:
    assert not SecretValue("")
    assert SecretValue(" ")


# --- the fields of a secret


def test_a_secret_gives_its_fields_by_name() -> None:
    assert SECRET["password"] == VALUE
    assert SECRET.get("password") == VALUE
    assert SECRET.get("host") is None
    assert ("password" in SECRET, "host" in SECRET) == (True, False)
    assert (SECRET.names, list(SECRET), len(SECRET)) == (("username", "password"), ["username", "password"], 2)


def test_an_unknown_field_is_named_and_no_other() -> None:
    with pytest.raises(KeyError) as caught:
        SECRET["host"]

    assert caught.value.args == ("host",)


def test_a_secret_reveals_all_its_fields() -> None:
    assert SECRET.reveal() == {"username": "ana", "password": CANARY}


def test_what_is_revealed_is_a_copy() -> None:
    SECRET.reveal()["password"] = "changed"

    assert SECRET["password"] == VALUE


def test_a_secret_does_not_follow_the_mapping_it_was_made_of() -> None:
    fields = {"password": "a"}
    secret = Secret(fields)
    fields["password"] = "b"

    assert secret == Secret({"password": "a"})


def test_secrets_are_equal_whatever_the_order_of_their_fields() -> None:
    assert Secret({"a": "1", "b": "2"}) == Secret({"b": "2", "a": "1"})
    assert Secret({"a": "1"}) != Secret({"a": "1", "b": ""})
    assert Secret({"a": "1"}) != Secret({"a": "2"})
    assert Secret({"a": "1"}) != {"a": "1"}


def test_replacing_keeps_the_other_fields_and_the_original() -> None:
    changed = SECRET.replace({"password": "new", "host": SecretValue("h")}, dropped=["username", "unknown"])

    assert changed == Secret({"password": "new", "host": "h"})
    assert Secret({"username": "ana", "password": CANARY}) == SECRET


def test_a_field_that_is_changed_and_dropped_is_changed() -> None:
    assert SECRET.replace({"password": "new"}, dropped=["password"]) == Secret({"username": "ana", "password": "new"})
