"""The finished environment shows names and origins; values come out through reveal() alone."""

from __future__ import annotations

import pickle

import pytest

from orqo_vault.credential import BoundField, Category, Credential
from orqo_vault.injector import Environment, Selected, build_environment
from orqo_vault.secret import Secret, SecretValue


@pytest.fixture
def environment() -> Environment:
    credential = Credential(id="crm", name="CRM", key="CRM", category=Category.CUSTOM, type="custom")
    fields = tuple(
        BoundField(
            name=name, stored_as=name, secret=True, required=True, default=None, variables=(f"CRM_{name.upper()}",)
        )
        for name in ("tenant", "key")
    )
    return build_environment([Selected(credential, fields, Secret({"tenant": "acme", "key": "kanari"}))])


def test_it_knows_where_each_variable_comes_from(environment: Environment) -> None:
    assert dict(environment.origins) == {"CRM_TENANT": ("crm", "tenant"), "CRM_KEY": ("crm", "key")}


def test_text_of_it_shows_names_only(environment: Environment) -> None:
    for text in (repr(environment), str(environment), f"{environment}", f"{environment['CRM_KEY']}"):
        assert "kanari" not in text
    assert repr(environment) == "Environment(CRM_TENANT, CRM_KEY)"


def test_values_are_revealed_on_demand_into_a_dict_of_the_callers_own(environment: Environment) -> None:
    revealed = environment.reveal()
    assert revealed == {"CRM_TENANT": "acme", "CRM_KEY": "kanari"}
    revealed["CRM_KEY"] = "changed"
    assert environment.reveal()["CRM_KEY"] == "kanari"
    assert environment["CRM_KEY"] == SecretValue("kanari")


def test_it_does_not_change_and_does_not_travel(environment: Environment) -> None:
    with pytest.raises(TypeError):
        environment["CRM_KEY"] = SecretValue("x")  # type: ignore[index]  # that is the point
    with pytest.raises(TypeError):
        environment.origins["X"] = ("a", "b")  # type: ignore[index]  # that is the point
    with pytest.raises(AttributeError):
        environment.other = 1  # type: ignore[attr-defined]  # that is the point
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(environment)


def test_it_counts_and_lists_like_a_mapping(environment: Environment) -> None:
    assert len(environment) == 2
    assert list(environment) == ["CRM_TENANT", "CRM_KEY"]
    assert "CRM_KEY" in environment
    assert "OTHER" not in environment
