"""Which credential sets which variable is decided from names alone; what cannot be decided stops the run."""

from __future__ import annotations

import pytest

from orqo_vault.credential import BoundField
from orqo_vault.errors import EnvironmentConflictError, UnsafeNameError
from orqo_vault.injector import claims


def sets(field: str, *variables: str) -> BoundField:
    return BoundField(
        name=field, stored_as=field, secret=True, required=True, default=None, variables=variables, deliver="env"
    )


def test_every_variable_knows_its_credential_and_field() -> None:
    selected = {
        "mail": (sets("username", "SMTP_USER", "SMTP_USERNAME"), sets("password", "SMTP", "SMTP_PASSWORD")),
        "openai": (sets("token", "OPENAI_API_KEY"),),
    }
    assert claims(selected) == {
        "SMTP_USER": ("mail", "username"),
        "SMTP_USERNAME": ("mail", "username"),
        "SMTP": ("mail", "password"),
        "SMTP_PASSWORD": ("mail", "password"),
        "OPENAI_API_KEY": ("openai", "token"),
    }


def test_variables_come_in_the_order_of_the_selection() -> None:
    assert list(claims({"b": (sets("x", "B2", "B1"),), "a": (sets("x", "A1"),)})) == ["B2", "B1", "A1"]


def test_nothing_selected_sets_nothing() -> None:
    assert claims({}) == {}
    assert claims({"quiet": (sets("token"),)}) == {}


def test_two_credentials_for_one_variable_are_refused_naming_variable_and_both() -> None:
    with pytest.raises(EnvironmentConflictError) as caught:
        claims({"prod": (sets("token", "OPENAI_API_KEY"),), "dev": (sets("token", "OPENAI_API_KEY"),)})
    assert str(caught.value) == "OPENAI_API_KEY would be set by 'prod' (token) and 'dev' (token)"
    assert caught.value.hint == "select one of them, or rename with env:"


def test_all_conflicts_are_in_one_message() -> None:
    one = (sets("host", "DB_HOST"), sets("password", "DB", "DB_PASSWORD"))
    with pytest.raises(EnvironmentConflictError) as caught:
        claims({"a": one, "b": one, "c": (sets("x", "DB"), sets("y", "FINE"))})
    for expected in (
        "DB_HOST would be",
        "DB_PASSWORD would be",
        "DB would be set by 'a' (password) and 'b'",
        "'c' (x)",
    ):
        assert expected in str(caught.value)
    assert "FINE" not in str(caught.value)


def test_two_fields_of_one_credential_are_a_conflict_too() -> None:
    with pytest.raises(EnvironmentConflictError, match=r"^X would be set by 'a' \(one\) and 'a' \(two\)$"):
        claims({"a": (sets("one", "X"), sets("two", "X"))})


def test_a_dangerous_name_is_refused_with_credential_and_reason() -> None:
    with pytest.raises(UnsafeNameError) as caught:
        claims({"a": (sets("token", "LD_PRELOAD"),), "b": (sets("token", "FINE"),)})
    assert str(caught.value) == "'a' (token) would set 'LD_PRELOAD', which changes how programs are loaded"
    assert "allow_variables: [LD_PRELOAD]" in str(caught.value.hint)


def test_all_dangerous_names_are_in_one_message() -> None:
    with pytest.raises(UnsafeNameError) as caught:
        claims({"a": (sets("x", "PATH", "OK"),), "b": (sets("x", "HTTPS_PROXY"), sets("y", "GIT_SSH_COMMAND"))})
    for name in ("PATH", "HTTPS_PROXY", "GIT_SSH_COMMAND"):
        assert repr(name) in str(caught.value)
    assert "allow_variables: [PATH, HTTPS_PROXY, GIT_SSH_COMMAND]" in str(caught.value.hint)


def test_a_run_may_allow_a_dangerous_name_and_only_that_one() -> None:
    selected = {"a": (sets("x", "KUBECONFIG"),)}
    assert claims(selected, allow=["KUBECONFIG"]) == {"KUBECONFIG": ("a", "x")}
    with pytest.raises(UnsafeNameError):
        claims(selected, allow=["KUBECONFIG2", "*"])


@pytest.mark.parametrize("name", ["ORQO_VAULT_KEY", "lower", "A B", ""])
def test_our_own_names_and_what_is_no_name_cannot_be_allowed(name: str) -> None:
    with pytest.raises(UnsafeNameError) as caught:
        claims({"a": (sets("x", name),)}, allow=[name])
    assert caught.value.hint == "rename it with env:"
