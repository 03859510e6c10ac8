"""What is stored was checked as a whole; every refusal names credential, field and reason, and no value."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.credential_types.checking import check_value, prepare, prepare_update
from orqo_vault.errors import InvalidFieldError
from orqo_vault.plugins import credential_type
from orqo_vault.secret import Secret, SecretValue

CANARY = "kanari-2f9c"


def declared(type: str, **more: object) -> Credential:
    base: dict[str, object] = {"name": "x", "key": "K", "category": Category.CUSTOM, **more}
    return Credential(id="x", type=type, **base)  # type: ignore[arg-type]  # tests name what they are about


def stored(type: str, given: Mapping[str, str | SecretValue], /, **more: object) -> dict[str, str]:
    return prepare(declared(type, **more), credential_type(type), given).reveal()


def refused(type: str, given: Mapping[str, str], /, **more: object) -> str:
    with pytest.raises(InvalidFieldError) as caught:
        stored(type, given, **more)
    error = caught.value
    assert CANARY not in f"{error} {error.hint} {error.args} {error.__context__!r} {error.__cause__!r}"
    return str(error)


COMPLETE: dict[str, dict[str, str]] = {
    "api_token": {"token": "sk-proj-abc"},
    "api_key_pair": {"key": "k", "secret": "s"},
    "username_password": {"username": "u", "password": "p"},
    "email_smtp": {"host": "h", "port": "25", "username": "u", "password": "p", "security": "tls"},
    "oauth2": {
        "client_id": "id",
        "client_secret": "s",
        "access_token": "a",
        "refresh_token": "r",
        "token_url": "https://id.example/token",
        "expires_at": "2027-01-31T12:00:00Z",
        "scope": "mail.send offline_access",
    },
    "aws_ses": {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "s/+", "region": "eu-central-1"},
}


@pytest.mark.parametrize("type", COMPLETE)
def test_a_complete_credential_is_stored_as_given(type: str) -> None:
    assert stored(type, COMPLETE[type]) == COMPLETE[type]
    assert stored(type, {name: SecretValue(value) for name, value in COMPLETE[type].items()}) == COMPLETE[type]


@pytest.mark.parametrize("type", COMPLETE)
def test_each_required_field_must_be_there_and_not_empty(type: str) -> None:
    for field in credential_type(type).fields:
        without = {name: value for name, value in COMPLETE[type].items() if name != field.name}
        empty = {**without, field.name: ""}
        if field.required:
            assert refused(type, without) == f"credential 'x', field '{field.name}': is required"
        if field.required and not field.may_be_empty:
            assert refused(type, empty) == f"credential 'x', field '{field.name}': is required and empty"
        if not field.required:
            assert stored(type, without) == without
            assert stored(type, empty) == empty


def test_an_api_token_may_be_the_empty_text() -> None:
    assert stored("api_token", {"token": ""}) == {"token": ""}


@pytest.mark.parametrize("value", ["", " ", "\n", "line\r\nline\n", "\x01\x1b", "$x `y` 'z'", "🔑", "x" * 200_000])
def test_custom_fields_take_any_text_also_the_empty_one(value: str) -> None:
    assert stored("custom", {"a": value}, custom_fields=("a",)) == {"a": value}


@pytest.mark.parametrize("value", [" ", "sk\n", "\r\n", '{"type": "service_account"}\n', "\x1b[0m", "naïve 🔑"])
def test_a_token_is_kept_byte_for_byte(value: str) -> None:
    assert stored("api_token", {"token": value}) == {"token": value}


def test_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidFieldError, match="has no field 'pasword'") as caught:
        stored("username_password", {"username": "u", "pasword": CANARY})
    assert caught.value.hint == "did you mean 'password'? fields: username, password"


@pytest.mark.parametrize(("type", "field"), [("api_token", "token"), ("custom", "a"), ("email_smtp", "username")])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (f"{CANARY}\0", "has a NUL character, which no environment can carry; for bytes declare encoding: base64"),
        (f"{CANARY}\ud800", "is not valid text (UTF-8); for bytes declare encoding: base64"),
    ],
)
def test_what_no_environment_can_carry_is_refused(type: str, field: str, value: str, reason: str) -> None:
    given = {**COMPLETE.get(type, {}), field: value}
    assert refused(type, given, custom_fields=("a",)) == f"credential 'x', field '{field}': {reason}"


def test_a_number_is_refused_with_a_word_about_text() -> None:
    assert refused("email_smtp", {"host": "h", "port": 587}) == "credential 'x', field 'port': is text, not int"  # type: ignore[dict-item]  # on purpose


@pytest.mark.parametrize(
    ("type", "field", "reason"),
    [
        ("email_smtp", "host", "is not a host name"),
        ("email_smtp", "port", "is not a port: a whole number from 1 to 65535"),
        ("email_smtp", "security", "is none of starttls, tls, none"),
        ("oauth2", "token_url", "is not a URL"),
        ("oauth2", "expires_at", "is not a time"),
        ("aws_ses", "access_key_id", "is not an access key id"),
        ("aws_ses", "region", "is not a region"),
    ],
)
def test_each_checked_field_refuses_what_cannot_work(type: str, field: str, reason: str) -> None:
    message = refused(type, {**COMPLETE[type], field: f"{CANARY} !"})
    assert message.startswith(f"credential 'x', field '{field}': {reason}")


def test_bytes_are_declared_and_checked_as_base64() -> None:
    assert stored("api_token", {"token": "AAEC"}, encoding={"token": "base64"}) == {"token": "AAEC"}
    assert "is not base64" in refused("api_token", {"token": f"{CANARY}!"}, encoding={"token": "base64"})


def test_a_required_field_that_stands_in_the_settings_need_not_be_stored() -> None:
    assert stored("email_smtp", {"password": "p"}, values={"host": "h"}) == {"password": "p"}


def test_a_value_for_the_settings_file_is_checked_alone() -> None:
    port = next(field for field in credential_type("email_smtp").fields if field.name == "port")
    check_value(declared("email_smtp"), port, "587")
    with pytest.raises(InvalidFieldError, match="field 'port': is not a port"):
        check_value(declared("email_smtp"), port, "0")


SMTP = declared("email_smtp")
BEFORE = Secret({"host": "h", "username": "u", "password": "old"})


def edited(changed: Mapping[str, str], cleared: tuple[str, ...] = (), of: Credential = SMTP) -> dict[str, str]:
    return prepare_update(of, credential_type(of.type), BEFORE, changed, cleared).reveal()


def test_an_edit_changes_what_it_names_and_keeps_the_rest() -> None:
    assert edited({"password": "new"}) == {"host": "h", "username": "u", "password": "new"}
    assert edited({"port": "25"}, ("username",)) == {"host": "h", "password": "old", "port": "25"}
    assert edited({"username": "v"}, ("username",)) == {"host": "h", "password": "old", "username": "v"}
    assert edited({}) == BEFORE.reveal()


def test_an_edit_is_checked_as_a_whole() -> None:
    with pytest.raises(InvalidFieldError, match="field 'host': is required"):
        edited({}, ("host",))
    with pytest.raises(InvalidFieldError, match="field 'port': is not a port"):
        edited({"port": "x"})
    with pytest.raises(InvalidFieldError, match="has no field 'hst'"):
        edited({"hst": "x"})
    with pytest.raises(InvalidFieldError, match="has no field 'hst'"):
        edited({}, ("hst",))


def test_an_edit_of_nothing_stored_is_a_first_storing() -> None:
    first = prepare_update(SMTP, credential_type("email_smtp"), None, {"host": "h"})
    assert first.reveal() == {"host": "h"}


def test_what_is_required_may_come_with_a_later_edit() -> None:
    """``orqo-vault set`` stores one field at a time; a run still refuses to start without all of them."""
    first = prepare_update(SMTP, credential_type("email_smtp"), None, {"port": "25"})
    assert first.reveal() == {"port": "25"}
    with pytest.raises(InvalidFieldError, match="field 'port': is not a port"):
        prepare_update(SMTP, credential_type("email_smtp"), None, {"port": "x"})
    whole = prepare_update(SMTP, credential_type("email_smtp"), first, {"host": "h"})
    assert whole.reveal() == {"port": "25", "host": "h"}


def test_the_passphrase_of_a_key_may_come_before_the_key() -> None:
    """A sealed key cannot be checked without it."""
    key = declared("ssh_key")
    assert prepare_update(key, credential_type("ssh_key"), None, {"passphrase": "p"}).reveal() == {"passphrase": "p"}


def test_a_stored_field_that_moved_to_the_settings_since_is_left_out() -> None:
    moved = declared("email_smtp", values={"host": "elsewhere"})
    assert edited({"password": "new"}, of=moved) == {"username": "u", "password": "new"}


def quoting(value: str) -> None:
    int(value)


def crashing(value: str) -> None:
    raise KeyError(value)


class Careless(CredentialType):
    """A third party's type whose code quotes what it is given, or breaks."""

    name = "careless"
    label = "Careless"
    fields = (
        Field(name="quoted", label="", check=quoting),
        Field(name="crashing", label="", check=crashing),
        Field(name="whole", label=""),
    )
    primary = None

    def prepare(self, values: Mapping[str, str]) -> dict[str, str]:
        if values.get("whole", "").endswith("crash"):
            raise KeyError(values["whole"])
        if "whole" in values:
            raise ValueError(f"cannot use {values['whole']!r}")
        return {**values, "derived": "yes"}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("quoted", CANARY, "credential 'x', field 'quoted': is not valid"),
        ("quoted", f"{CANARY}\n'\"", "credential 'x', field 'quoted': is not valid"),
        ("crashing", CANARY, "credential 'x', field 'crashing': cannot be checked: KeyError in the code of its type"),
        ("whole", CANARY, "credential 'x': is not valid"),
        ("whole", f"{CANARY} crash", "credential 'x': cannot be checked: KeyError in the code of its type"),
    ],
)
def test_a_type_that_quotes_values_leaks_none(field: str, value: str, message: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        prepare(declared("careless"), Careless(), {field: value})
    error = caught.value
    assert str(error) == message
    assert error.__context__ is None
    assert CANARY not in f"{error} {error.hint} {error.args}"


def test_a_type_may_add_what_it_derives() -> None:
    assert prepare(declared("careless"), Careless(), {"quoted": "1"}).reveal() == {"quoted": "1", "derived": "yes"}
