from __future__ import annotations

from pathlib import Path

import pytest

from orqo_vault.credential import Category, Credential
from orqo_vault.errors import UnknownCredentialError
from orqo_vault.llm import LLMConfig
from orqo_vault.planner import select
from orqo_vault.settings.model import Run, Settings


def credential(credential_id: str) -> Credential:
    return Credential(
        id=credential_id, name=credential_id, key=credential_id.upper(), category=Category.CUSTOM, type="api_token"
    )


def settings(**changes: object) -> Settings:
    declared = {each: credential(each) for each in ("openai", "mail", "crm")}
    return Settings(base_dir=Path("/project"), credentials=declared, **changes)  # type: ignore[arg-type]  # test data


def test_named_credentials_are_selected_in_order_and_once() -> None:
    assert select(settings(), only=["mail", "openai", "mail"]).credentials == ("mail", "openai")


def test_one_name_may_be_given_as_text() -> None:
    assert select(settings(), only="mail").credentials == ("mail",)


def test_a_run_selects_its_credentials_and_those_of_its_llm_configs() -> None:
    declared = settings(
        llm={"fast": LLMConfig("fast", "openai:gpt", "openai")},
        runs={"nightly": Run(name="nightly", credentials=("mail",), llm=("fast",))},
    )
    assert select(declared, run="nightly").credentials == ("mail", "openai")


def test_without_a_choice_the_default_run_is_taken() -> None:
    declared = settings(runs={"default": Run(name="default", credentials=("crm",))})
    assert select(declared).credentials == ("crm",)


def test_without_a_choice_and_a_default_run_nothing_is_guessed() -> None:
    with pytest.raises(UnknownCredentialError) as refused:
        select(settings())
    assert "--only" in str(refused.value.hint)
    assert "openai, mail, crm" in str(refused.value.hint)


def test_an_empty_selection_is_an_error_and_not_a_run_without_secrets() -> None:
    with pytest.raises(UnknownCredentialError, match="no credential was named"):
        select(settings(), only=[])


@pytest.mark.parametrize(("choice", "near"), [({"only": ["opanai"]}, "openai"), ({"run": "nightli"}, "nightly")])
def test_a_misspelt_name_gets_the_nearest_one(choice: dict[str, object], near: str) -> None:
    with pytest.raises(UnknownCredentialError) as refused:
        select(settings(runs={"nightly": Run(name="nightly")}), **choice)  # type: ignore[arg-type]  # test data
    assert refused.value.hint == f"did you mean {near!r}?"


def test_credentials_and_a_run_together_are_refused() -> None:
    with pytest.raises(UnknownCredentialError, match="not both"):
        select(settings(), only=["mail"], run="default")
