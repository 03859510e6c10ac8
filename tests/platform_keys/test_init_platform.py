"""``init --platform``: a new project whose first run works before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orqo_vault.edit.initial_platform import platform_starter
from orqo_vault.settings.build import build_settings
from orqo_vault.settings.operator_model import PlatformProvider

if TYPE_CHECKING:
    from tests.platform_keys.conftest import Stage


@pytest.mark.parametrize(("words", "said"), [(("--platform",), "own"), ((), "platform")], ids=["asked", "said so"])
def test_the_first_run_works_at_once(direct: Stage, words: tuple[str, ...], said: str) -> None:
    direct.operates(new_projects=said)
    (direct.project / "orqo-vault.yaml").unlink()
    assert direct.types("init", *words).status == 0
    done = direct.types("run", "--", "sh", "-c", 'test -n "$OPENAI_API_KEY" && echo ready')
    assert (done.status, done.out) == (0, "ready\n"), done.err
    assert "no additional setup needed" in direct.types("llm", "show", "default").out


def test_own_keys_can_be_asked_for_all_the_same(direct: Stage) -> None:
    direct.operates(new_projects="platform")
    settings = direct.project / "orqo-vault.yaml"
    settings.unlink()
    assert direct.types("init", "--own").status == 0
    assert "mode: platform" not in settings.read_text()


def test_without_a_provider_there_is_nothing_to_begin_with(stage: Stage) -> None:
    stage.operates(platform_providers=None)
    settings = stage.project / "orqo-vault.yaml"
    settings.unlink()
    done = stage.types("init", "--platform", "--json")
    assert (done.status, done.error["code"]) == (3, "no_platform_provider")
    assert not settings.exists()


def test_every_provider_has_a_credential_and_odd_names_do_no_harm(stage: Stage) -> None:
    providers = [
        PlatformProvider(name="openai", type="gateway", models=("gpt-4o-mini",)),
        PlatformProvider(name="anthropic", type="gateway", runs=("nightly",)),
        PlatformProvider(name='My "App": #1', type="gateway", models=("m/1",)),
        PlatformProvider(name="my-app--1", type="gateway"),
        PlatformProvider(name="google", type="gateway"),
        PlatformProvider(name="gemini", type="gateway"),
        PlatformProvider(name="123", type="direct", runs=("default", "not a name")),
    ]
    path = stage.project / "orqo-vault.yaml"
    settings = build_settings({path: platform_starter(providers).encode()}, None)
    assert [each.provider for each in settings.credentials.values()] == [each.name for each in providers]
    assert len({each.key for each in settings.credentials.values()}) == len(providers)
    assert settings.llm["default"].model == "openai:gpt-4o-mini"
    assert {settings.llm[name].credential for name in settings.runs["nightly"].llm} == {"anthropic"}
    assert set(settings.runs) == {"default", "nightly"}
