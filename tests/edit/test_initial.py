"""What init writes is valid, invites editing, and overwrites nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.initial import STARTER, extend_gitignore, write_schema, write_starter
from orqo_vault.errors import SettingsError
from orqo_vault.settings.load import load_settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder / "orqo-vault.yaml"


def test_the_starter_loads_and_keeps_secrets_in_a_local_store(path: Path) -> None:
    settings = load_settings(write_starter(path), environ=os.environ)

    assert settings.default_backend == "local"
    assert settings.backends["local"].type == "encrypted-file"
    assert not settings.credentials


def test_the_starters_examples_load_when_their_comment_signs_go(path: Path) -> None:
    head, examples = STARTER.split("credentials:\n")
    path.write_text(
        head + "credentials:\n" + examples.replace("# ", "", 1).replace("\n  # ", "\n  ").replace("\n# ", "\n")
    )

    settings = load_settings(path, environ=os.environ)

    assert settings.credentials["openai"].key == "OPENAI_API_KEY"
    assert settings.llm["default"].credential == "openai"
    assert settings.runs["default"].credentials == ("openai",)


def test_the_first_credential_leaves_every_line_of_the_starter(path: Path) -> None:
    entry = {"name": "OpenAI", "key": "OPENAI_API_KEY", "category": "llm_provider", "type": "api_token"}
    SettingsEditor(write_starter(path), environ=os.environ).add("credentials", "openai", entry)

    lines = path.read_text().splitlines()
    assert [line for line in lines if line in STARTER.splitlines()] == STARTER.splitlines()
    assert lines[lines.index("credentials:") + 1] == "  openai:"


def test_the_schema_the_starter_names_is_written_beside_it(path: Path) -> None:
    schema = write_schema(path)

    assert schema is not None
    assert STARTER.startswith(f"# yaml-language-server: $schema=./{schema.name}\n")
    assert json.loads(schema.read_text())["title"] == "orqo-vault settings"


def test_nothing_that_is_there_is_overwritten(path: Path) -> None:
    path.write_text("mine")
    path.with_name("orqo-vault.schema.json").write_text("mine")

    with pytest.raises(SettingsError, match="already"):
        write_starter(path)
    assert write_schema(path) is None

    assert {each.read_text() for each in path.parent.iterdir()} == {"mine"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "orqo-vault.local.yaml\n"),
        ("dist/\n", "dist/\norqo-vault.local.yaml\n"),
        ("dist/", "dist/\norqo-vault.local.yaml\n"),
    ],
)
def test_git_is_told_to_ignore_this_machines_layer_once(path: Path, before: str | None, after: str) -> None:
    ignore = path.with_name(".gitignore")
    if before is not None:
        ignore.write_text(before)

    assert extend_gitignore(path) == ignore
    assert extend_gitignore(path) is None

    assert ignore.read_text() == after


def test_a_symlink_in_place_of_gitignore_is_not_followed(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "profile"
    elsewhere.write_text("mine")
    path.with_name(".gitignore").symlink_to(elsewhere)

    with pytest.raises(SettingsError, match="symlink"):
        extend_gitignore(path)

    assert elsewhere.read_text() == "mine"
