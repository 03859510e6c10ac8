"""The environment of a run holds every variable of the selection with the stored value, or there is none."""

from __future__ import annotations

import pytest

from orqo_vault.credential import BoundField, Category, Credential, Mode
from orqo_vault.errors import (
    EnvironmentConflictError,
    InvalidFieldError,
    MissingSecretsError,
    NoPlatformProviderError,
    OrqoVaultError,
    UnsafeNameError,
)
from orqo_vault.injector import Selected, build_environment
from orqo_vault.secret import Secret


def declared(id: str, **more: object) -> Credential:
    base: dict[str, object] = {"name": id, "key": id.upper(), "category": Category.CUSTOM, "type": "custom"}
    return Credential(id=id, **{**base, **more})  # type: ignore[arg-type]  # tests name what they are about


def field(name: str, *variables: str, required: bool = True, default: str | None = None) -> BoundField:
    return BoundField(
        name=name, stored_as=f"their {name}", secret=True, required=required, default=default, variables=variables
    )


HOST = field("host", "SMTP_HOST")
PORT = field("port", "SMTP_PORT", required=False, default="587")
USER = field("username", "SMTP_USER", "SMTP_USERNAME", required=False)
PASSWORD = field("password", "SMTP", "SMTP_PASSWORD")
MAIL = (HOST, PORT, USER, PASSWORD)
COMPLETE = {"host": "smtp.acme.example", "port": "465", "username": "bot", "password": "p w"}


def mail(stored: dict[str, str] | None, **more: object) -> Selected:
    return Selected(declared("mail", **more), MAIL, Secret(stored) if stored is not None else None)


def test_every_field_reaches_all_its_variables() -> None:
    assert build_environment([mail(COMPLETE)]).reveal() == {
        "SMTP_HOST": "smtp.acme.example",
        "SMTP_PORT": "465",
        "SMTP_USER": "bot",
        "SMTP_USERNAME": "bot",
        "SMTP": "p w",
        "SMTP_PASSWORD": "p w",
    }


def test_a_value_in_the_settings_comes_before_the_stored_one_and_that_before_the_default() -> None:
    both = mail({"host": "stored", "password": "x"}, values={"host": "declared"})
    assert build_environment([both]).reveal()["SMTP_HOST"] == "declared"
    assert build_environment([both]).reveal()["SMTP_PORT"] == "587"


def test_settings_alone_can_fill_a_credential_without_a_stored_secret() -> None:
    selected = Selected(declared("mail", values={"host": "h"}), (HOST, PORT, USER), None)
    assert build_environment([selected]).reveal() == {"SMTP_HOST": "h", "SMTP_PORT": "587"}


@pytest.mark.parametrize("values", [{}, {"username": ""}])
def test_an_optional_field_that_is_empty_sets_nothing(values: dict[str, str]) -> None:
    selected = mail({**COMPLETE, "username": ""}, values=values)
    environment = build_environment([selected])
    assert "SMTP_USER" not in environment
    assert "SMTP_USERNAME" not in environment
    assert "SMTP_HOST" in environment


def test_an_optional_field_that_is_empty_gets_its_default() -> None:
    assert build_environment([mail({**COMPLETE, "port": ""})]).reveal()["SMTP_PORT"] == "587"


def test_a_required_field_that_is_stored_empty_is_set_empty() -> None:
    assert build_environment([mail({**COMPLETE, "password": ""})]).reveal()["SMTP_PASSWORD"] == ""


def test_a_field_that_is_not_injected_is_left_out() -> None:
    dropped = field("username", required=False)
    environment = build_environment([Selected(declared("a"), (dropped, HOST), Secret(COMPLETE))])
    assert list(environment) == ["SMTP_HOST"]


def test_every_missing_field_of_every_credential_is_named_at_once() -> None:
    token = Selected(declared("openai"), (field("token", "OPENAI_API_KEY"),), None)
    with pytest.raises(MissingSecretsError) as caught:
        build_environment([mail({"username": "bot"}), token])
    assert str(caught.value) == "not stored: mail.host, mail.password, openai.token"
    assert str(caught.value.hint).startswith("orqo-vault set mail")


@pytest.mark.parametrize("stored", [None, {}, {"host": "h"}, {"password": "p", "username": "u"}])
def test_an_optional_credential_without_a_required_secret_leaves_all_its_variables_out(
    stored: dict[str, str] | None,
) -> None:
    token = Selected(declared("openai"), (field("token", "OPENAI_API_KEY"),), Secret({"token": "t"}))
    assert build_environment([mail(stored, optional=True), token]).reveal() == {"OPENAI_API_KEY": "t"}


def test_an_optional_credential_that_is_complete_is_injected() -> None:
    assert build_environment([mail(COMPLETE, optional=True)]).reveal()["SMTP"] == "p w"


def test_an_optional_credential_still_may_not_contest_a_variable() -> None:
    other = Selected(declared("other"), (field("token", "SMTP"),), Secret({"token": "t"}))
    with pytest.raises(EnvironmentConflictError, match="SMTP would be set by 'mail'"):
        build_environment([mail(None, optional=True), other])


def test_dangerous_names_are_refused_again_here_unless_the_run_allows_them() -> None:
    selected = [Selected(declared("a"), (field("token", "KUBECONFIG"),), Secret({"token": "t"}))]
    with pytest.raises(UnsafeNameError):
        build_environment(selected)
    assert build_environment(selected, allow=["KUBECONFIG"]).reveal() == {"KUBECONFIG": "t"}


def test_a_platform_credential_without_a_supplied_key_never_passes_silently() -> None:
    platform = Selected(declared("openai", mode=Mode.PLATFORM), (field("token", "T", required=False),), None)
    with pytest.raises(NoPlatformProviderError, match="openai"):
        build_environment([platform])
    optional = platform._replace(credential=declared("openai", mode=Mode.PLATFORM, optional=True))
    assert not build_environment([optional])
    assert build_environment([platform._replace(secret=Secret({"token": "lent"}))]).reveal() == {"T": "lent"}


def one(value: str, **more: object) -> list[Selected]:
    return [Selected(declared("a", **more), (field("token", "TOKEN"),), Secret({"token": value}))]


@pytest.mark.parametrize("value", ["\0", "canary\0", "\0canary", "can\0ary"])
def test_nul_is_refused_by_name(value: str) -> None:
    with pytest.raises(InvalidFieldError, match=r"^credential 'a', field 'token': has a NUL character"):
        build_environment(one(value))


@pytest.mark.parametrize("value", ["\ud800", "x\udcff", "\udfff\ud800"])
def test_text_that_is_not_unicode_is_refused_by_name(value: str) -> None:
    with pytest.raises(InvalidFieldError, match=r"^credential 'a', field 'token': is not valid text"):
        build_environment(one(value))


@pytest.mark.parametrize("value", ["", "AA==", "aGVsbG8=", "+/+/"])
def test_declared_base64_stays_text(value: str) -> None:
    assert build_environment(one(value, encoding={"token": "base64"})).reveal() == {"TOKEN": value}


@pytest.mark.parametrize(
    "value", ["A", "AA", "AA=", "AA==\n", " AA==", "A-_=", "AAÄ=", "AB==", "AAAA====", "=AAA", "A A="]
)
def test_declared_base64_that_does_not_decode_is_refused(value: str) -> None:
    with pytest.raises(InvalidFieldError, match=r"^credential 'a', field 'token': is not base64"):
        build_environment(one(value, encoding={"token": "base64"}))
    assert build_environment(one(value)).reveal() == {"TOKEN": value}


CANARY = "kanari-7f3a"


@pytest.mark.parametrize(
    "selected",
    [
        [mail({"host": CANARY})],
        one(CANARY + "\0"),
        one(CANARY + "\ud800"),
        one(CANARY * 20_000),
        one(CANARY, encoding={"token": "base64"}),
        [*one(CANARY), mail({**COMPLETE, "password": CANARY + "\0"})],
        [Selected(declared("a"), (field("token", "PATH"),), Secret({"token": CANARY}))],
    ],
)
def test_no_error_tells_a_value(selected: list[Selected]) -> None:
    with pytest.raises(OrqoVaultError) as caught:
        build_environment(selected)
    error = caught.value
    assert CANARY not in f"{error!s} {error!r} {error.hint} {error.args} {error.__cause__!r} {error.__context__!r}"
