"""What is used is not removed, and the error lists who uses it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from orqo_vault.edit.usage import (
    refuse_if_backend_used,
    refuse_if_llm_used,
    refuse_if_used,
    same_place,
    uses,
    uses_of_backend,
    uses_of_llm,
)
from orqo_vault.errors import InUseError
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings

FILE = """\
default_backend: local
backends:
  local: {type: encrypted-file}
  other: {type: encrypted-file, path: other}
  spare: {type: encrypted-file, path: spare}
credentials:
  openai: {name: A, key: A, category: llm_provider, type: api_token}
  mail: {name: B, key: B, category: custom, type: api_token, backend: other, path: team/mail}
  post: {name: C, key: C, category: custom, type: api_token, backend: other, path: team/mail}
  elsewhere: {name: D, key: D, category: custom, type: api_token, path: team/mail}
  idle: {name: E, key: E, category: custom, type: api_token}
  ours: {name: F, key: F, category: llm_provider, type: api_token, provider: openai, mode: platform}
llm:
  default: {model: "openai:gpt-4o", credential: openai}
  small: {model: "openai:gpt-4o-mini", credential: openai}
runs:
  default: {credentials: [mail]}
  nightly: {credentials: [mail, openai], llm: [small]}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "orqo-vault.yaml"
    path.write_text(FILE)
    return load_settings(path, environ=os.environ)


def test_llm_configs_and_runs_use_a_credential(settings: Settings) -> None:
    assert uses(settings, "openai") == ("llm default", "llm small", "run nightly")
    assert uses(settings, "mail") == ("run default", "run nightly")
    assert uses(settings, "idle") == ()


def test_what_is_used_is_refused_with_the_whole_list(settings: Settings) -> None:
    with pytest.raises(InUseError, match="'openai' is used by llm default, llm small, run nightly"):
        refuse_if_used(settings, "openai")
    with pytest.raises(InUseError, match="'small' is used by run nightly"):
        refuse_if_llm_used(settings, "small")
    with pytest.raises(InUseError, match="'other' is used by credential mail, credential post"):
        refuse_if_backend_used(settings, "other")


def test_what_nobody_uses_may_go(settings: Settings) -> None:
    refuse_if_used(settings, "idle")
    refuse_if_llm_used(settings, "default")
    refuse_if_backend_used(settings, "spare")

    assert uses_of_llm(settings, "default") == ()


def test_a_default_backend_is_used(settings: Settings) -> None:
    assert uses_of_backend(settings, "local") == (
        "default_backend",
        "credential openai",
        "credential elsewhere",
        "credential idle",
    )


def test_two_credentials_in_one_place_know_of_each_other(settings: Settings) -> None:
    assert same_place(settings, "mail") == ("post",)
    assert same_place(settings, "elsewhere") == ()
    assert same_place(settings, "ours") == ()


@pytest.mark.parametrize(
    ("at", "is_one"),
    [
        ({"path": "team/mail", "mount": "kv"}, True),  # perhaps the default mount
        ({"path": "team/post"}, False),
        ({"path": "team/post", "mount": "kv"}, False),
    ],
)
def test_what_a_place_leaves_out_may_be_what_another_writes_down(
    settings: Settings, at: dict[str, str], is_one: bool
) -> None:
    moved = replace(settings.credentials["post"], at=at)

    assert same_place(replace(settings, credentials={**settings.credentials, "post": moved}), "mail") == (
        ("post",) if is_one else ()
    )
