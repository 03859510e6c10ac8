"""``llm test``: whether the provider's list of models has the model, asked with the key that would pay for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from orqo_vault import Vault
from orqo_vault.probes import Outcome, ProbeResult
from orqo_vault.vault.probing import probe_llm
from tests.probes.conftest import SECRET, Stage

if TYPE_CHECKING:
    from tests.probes.servers import Website


def asked_of(stage: Stage, site: Website, trusted: str, model: str, provider: str = "openai") -> ProbeResult:
    more = {"provider": provider, "category": "llm_provider", "test": {"base_url": site.url, "ca_file": trusted}}
    stage.declare("api_token", {"token": SECRET}, **more).close()
    file = stage.folder / "orqo-vault.yaml"
    settings = yaml.safe_load(file.read_text()) | {"llm": {"default": {"model": model, "credential": "c"}}}
    file.write_text(yaml.safe_dump(settings))
    with Vault.open(file) as vault:
        return probe_llm(vault, "default")


@pytest.mark.parametrize(
    ("provider", "model", "answer", "path"),
    [
        ("openai", "openai:gpt-4o", {"data": [{"id": "gpt-4o-mini"}, {"id": "gpt-4o"}]}, "/v1/models"),
        ("anthropic", "anthropic:claude-x", {"data": [{"id": "claude-x"}]}, "/v1/models?limit=1000"),
        ("gemini", "google:gemini-x", {"models": [{"name": "models/gemini-x"}]}, "/v1beta/models?pageSize=1000"),
        ("together", "together:m/x", [{"id": "m/x"}], "/v1/models"),
    ],
)
def test_a_model_that_is_in_the_list_is_fine(
    stage: Stage, site: Website, trusted: str, provider: str, model: str, answer: object, path: str
) -> None:
    site.answers(200, json.dumps(answer).encode())
    assert asked_of(stage, site, trusted, model, provider).outcome is Outcome.OK
    assert [each.path for each in site.asked] == [path]


def test_one_that_is_not_is_failing_and_the_nearest_is_named(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(200, b'{"data": [{"id": "gpt-4o"}, {"id": "whisper-1"}]}')
    result = asked_of(stage, site, trusted, "openai:gpt-4oo")
    assert result.outcome is Outcome.FAILING
    assert result.reason == "its list of models has no gpt-4oo; did you mean gpt-4o?"


def test_a_list_that_repeats_the_key_does_not_show_it(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(200, json.dumps({"data": [{"id": SECRET}]}).encode())
    result = asked_of(stage, site, trusted, f"openai:{SECRET[:-1]}x")
    assert SECRET not in result.reason


def test_a_long_list_is_read_to_its_end(stage: Stage, site: Website, trusted: str) -> None:
    models = [{"id": f"model-{number}", "about": "x" * 100} for number in range(3000)]
    site.answers(200, json.dumps({"data": models}).encode())
    assert asked_of(stage, site, trusted, "openai:model-2999").outcome is Outcome.OK


@pytest.mark.parametrize("body", [b"no JSON", b"{}", b'{"data": 3}', b'{"data": [1, {"id": 5}]}'])
def test_what_is_no_list_is_failing(stage: Stage, site: Website, trusted: str, body: bytes) -> None:
    site.answers(200, body)
    assert asked_of(stage, site, trusted, "openai:gpt-4o").reason == "what came is no list of models"


def test_a_key_that_is_refused_is_failing(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(401, b"{}")
    result = asked_of(stage, site, trusted, "openai:gpt-4o")
    assert (result.outcome, result.status) == (Outcome.FAILING, 401)


def test_an_unknown_provider_cannot_be_asked(stage: Stage, site: Website, trusted: str) -> None:
    assert asked_of(stage, site, trusted, "acme:m", "acme").outcome is Outcome.NOT_TESTABLE
    assert site.asked == []
