"""Fields and the text or bytes that the service stores of them."""

from __future__ import annotations

import json

import pytest
from orqo_vault_aws.payload import LIMIT, Payload, decode, encode

from orqo_vault.errors import BackendError, CorruptSecretError
from orqo_vault.secret import Secret

READ = {
    '{"a": "x", "b": ""}': {"a": "x", "b": ""},
    '{"port": 5432}': {"port": "5432"},
    '{"price": 1.10, "big": 12345678901234567890, "small": 1e-7}': {
        "price": "1.10",
        "big": "12345678901234567890",
        "small": "1e-7",
    },
    '{"on": true, "off": false}': {"on": "true", "off": "false"},
    '{"gone": null, "here": "null"}': {"here": "null"},
    '{"list": [1, "two"], "map": {"k" : "v"}}': {"list": '[1, "two"]', "map": '{"k" : "v"}'},
    '{"escaped": "a\\u00e9\\n\\"\\ud83d\\ude00"}': {"escaped": 'aé\n"😀'},
    ' \n{ "spaced" : "x" }\r\n ': {"spaced": "x"},
    "{}": {},
    "{ }": {},
    "plain text\n": {"value": "plain text\n"},
    "": {"value": ""},
    '"a json string"': {"value": '"a json string"'},
    "[1, 2]": {"value": "[1, 2]"},
    "17": {"value": "17"},
    "null": {"value": "null"},
    "{{ a template }}": {"value": "{{ a template }}"},
    '{"a": "x"} and more': {"value": '{"a": "x"} and more'},
    '{"a": "x",}': {"value": '{"a": "x",}'},
    '{"a": "x"': {"value": '{"a": "x"'},
    '{"a" "x"}': {"value": '{"a" "x"}'},
    "{1: 2}": {"value": "{1: 2}"},
    '{"a": NaN}': {"value": '{"a": NaN}'},
    '{"a": "x" "b": "y"}': {"value": '{"a": "x" "b": "y"}'},
}


@pytest.mark.parametrize(("text", "fields"), READ.items())
def test_text_becomes_fields(text: str, fields: dict[str, str]) -> None:
    assert decode(Payload(text=text), "auto", "p").reveal() == fields


@pytest.mark.parametrize("text", READ)
def test_as_text_it_is_one_value_whatever_it_looks_like(text: str) -> None:
    assert decode(Payload(text=text), "text", "p").reveal() == {"value": text}


@pytest.mark.parametrize("text", ['{"a": "canary-1", "a": "canary-2"}', '{"a": ' + "[" * 100_000])
def test_what_cannot_be_read_in_one_way_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(CorruptSecretError, match="'team/mail'") as caught:
        decode(Payload(text=text), "auto", "team/mail")

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["", "plain", '{"a": 1}', "null", "1.10", "\ud800 alone", "é 😀 \u2028", "\x01\t\r\n", '"\\']
)
def test_what_is_written_reads_back(value: str) -> None:
    stored = encode(Secret({"field": value, value: "name"}), "auto", None, "p")

    assert decode(stored, "auto", "p").reveal() == {"field": value, value: "name"}
    assert json.loads(stored.text or "") == {"field": value, value: "name"}


def test_an_edit_leaves_what_it_does_not_change_as_others_wrote_it() -> None:
    before = Payload(text='{"port": 5432, "opts": {"tls" : true}, "none": null, "password": "old"}')
    read = decode(before, "auto", "p")

    after = encode(read.replace({"password": "new"}), "auto", before, "p")

    assert after.text is not None
    assert json.loads(after.text) == {"port": 5432, "opts": {"tls": True}, "none": None, "password": "new"}
    assert '{"tls" : true}' in after.text


def test_a_field_that_is_cleared_is_gone_and_a_changed_number_is_text() -> None:
    before = Payload(text='{"port": 5432, "password": "x"}')

    after = encode(Secret({"port": "5433"}), "auto", before, "p")

    assert json.loads(after.text or "") == {"port": "5433"}


def test_plain_text_stays_plain_text() -> None:
    before = Payload(text="old")

    assert encode(Secret({"value": "new"}), "auto", before, "p").text == "new"
    with pytest.raises(BackendError, match="'p'") as caught:
        encode(Secret({"value": "new", "more": "canary"}), "auto", before, "p")
    assert "canary" not in f"{caught.value}{caught.value.hint}"


def test_bytes_stay_bytes() -> None:
    assert encode(Secret({"value": "AP8Q"}), "auto", Payload(binary=b"old"), "p").binary == b"\x00\xff\x10"
    assert encode(Secret({"value": "AP\n8Q\n"}), "binary", None, "p").binary == b"\x00\xff\x10"
    with pytest.raises(BackendError, match="base64"):
        encode(Secret({"value": "not base64!"}), "binary", None, "p")


def test_what_is_too_large_for_the_service_is_refused_by_name() -> None:
    frame = len('{"field":""}')
    assert encode(Secret({"field": "x" * (LIMIT - frame)}), "auto", None, "p").size == LIMIT

    with pytest.raises(BackendError, match=f"'p' would be {LIMIT + 1} bytes"):
        encode(Secret({"field": "x" * (LIMIT - frame + 1)}), "auto", None, "p")


def test_a_payload_shows_nothing() -> None:
    assert "canary" not in repr(Payload(text="canary", binary=b"canary"))
