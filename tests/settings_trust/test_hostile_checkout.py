"""A checkout that somebody else wrote cannot loosen what the user or the operator decided."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.errors import SettingsError
from orqo_vault.settings import operator
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.operator import load_operator
from orqo_vault.settings.user import UserConfig, load_user_config
from orqo_vault.vault import Vault

BASE = "backends: {local: {type: encrypted-file}}\n"
LOOSE = "rollback: warn\nallowed_hosts: [evil.example]\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and the working directory of this test; the machine has no operator."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "orqo-vault.yaml").write_text(BASE)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(operator, "DEFAULT_PATH", tmp_path / "no operator here" / "operator.yaml")
    return folder


@pytest.mark.parametrize(
    "line",
    [
        "allowed_hosts: [evil.example]",
        "rollback: warn",
        "production: false",
        "organizations: {evil: {uids: [0]}}",
        "platform_providers: {openai: {type: direct}}",
        "ledger: {address: 'sqlite:////tmp/mine.db'}",
        "prices: {markup_percent: 0}",
        "audit: {sinks: [], fail_mode: open}",
        "operator: ./operator.yaml",
    ],
)
@pytest.mark.parametrize("layer", ["orqo-vault.yaml", "orqo-vault.prod.yaml", "orqo-vault.local.yaml"])
def test_what_the_operator_or_the_user_decides_is_an_unknown_key(checkout: Path, layer: str, line: str) -> None:
    text = f"{BASE}{line}\n" if layer == "orqo-vault.yaml" else f"{line}\n"
    (checkout / layer).write_text(text)
    profile = "prod" if "prod" in layer else None

    with pytest.raises(SettingsError, match="unknown key") as caught:
        load_settings(profile=profile, environ=os.environ, cwd=checkout)

    assert caught.value.location is not None
    assert caught.value.location.file == str(checkout / layer)


@pytest.mark.parametrize("key", ["allowed_hosts: [evil.example]", "rollback: warn"])
def test_a_backend_of_the_project_does_not_allow_itself_a_host(checkout: Path, key: str) -> None:
    (checkout / "orqo-vault.yaml").write_text(f"backends: {{local: {{type: encrypted-file, {key}}}}}\n")

    with pytest.raises(SettingsError, match="unknown key"):
        load_settings(environ=os.environ, cwd=checkout)


def test_files_with_the_right_names_in_the_wrong_place_are_not_read(checkout: Path) -> None:
    for place in (".", "orqo-vault", "etc/orqo-vault", ".config/orqo-vault", ".orqo-vault"):
        folder = checkout / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.yaml").write_text(LOOSE)
        (folder / "operator.yaml").write_text("production: true\n" + LOOSE)

    with Vault.open() as vault:
        assert vault.surroundings.allowed_hosts == frozenset()
        assert vault.surroundings.rollback == "refuse"
    assert load_user_config(os.environ) == UserConfig()
    assert load_operator() is None


def test_a_config_folder_that_depends_on_the_working_directory_is_not_used(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "orqo-vault").mkdir()
    (checkout / "orqo-vault" / "config.yaml").write_text(LOOSE)
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")

    assert load_user_config(os.environ) == UserConfig()


def test_no_variable_names_the_operators_file(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "operator.yaml").write_text("production: true\nallowed_hosts: [evil.example]\n")
    monkeypatch.setenv("ORQO_VAULT_OPERATOR", str(checkout / "operator.yaml"))

    with Vault.open() as vault:
        assert vault.surroundings.allowed_hosts == frozenset()


def test_the_users_and_the_operators_hosts_are_allowed_together(checkout: Path, home: Path, tmp_path: Path) -> None:
    config = home / "config" / "orqo-vault" / "config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("rollback: warn\nallowed_hosts: [user.example]\n")
    named = tmp_path / "operator.yaml"
    named.write_text("allowed_hosts: [operator.example]\n")

    with Vault.open(operator=named) as vault:
        assert vault.surroundings.allowed_hosts == {"user.example", "operator.example"}
        assert vault.surroundings.rollback == "warn"


def put_in_place(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"device": "/dev/zero", "circle": path.name, "terminal": "/dev/tty"}[kind])


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "circle", "terminal"])
@pytest.mark.parametrize("layer", ["orqo-vault.yaml", "orqo-vault.prod.yaml", "orqo-vault.local.yaml"])
def test_a_layer_that_is_no_file_is_an_error_and_no_hang(checkout: Path, layer: str, kind: str) -> None:
    put_in_place(checkout / layer, kind)
    profile = "prod" if "prod" in layer else None

    with pytest.raises(SettingsError) as caught:
        load_settings(profile=profile, environ=os.environ, cwd=checkout)
    with pytest.raises(SettingsError):
        SettingsEditor(checkout / "orqo-vault.yaml", profile=profile, environ=os.environ).add("runs", "x", {})

    assert caught.value.location is not None
    assert caught.value.location.file == str(checkout / layer)
