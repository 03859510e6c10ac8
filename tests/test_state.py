"""Where a machine keeps what it remembers about a project."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orqo_vault.state import config_root, project_state, state_root


def test_the_xdg_variables_choose_the_folders() -> None:
    environ = {"HOME": "/home/ana", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c"}

    assert state_root(environ) == Path("/s/orqo-vault")
    assert config_root(environ) == Path("/c/orqo-vault")


@pytest.mark.parametrize("relative", ["", "state", "./state", "~/state"])
def test_a_relative_xdg_variable_counts_as_unset(relative: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")

    assert state_root({"HOME": "/home/ana", "XDG_STATE_HOME": relative}) == Path("/home/ana/.local/state/orqo-vault")
    assert config_root({"HOME": "/home/ana", "XDG_CONFIG_HOME": relative}) == Path("/home/ana/.config/orqo-vault")


def test_on_macos_both_live_in_application_support_and_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    environ = {"HOME": "/Users/ana"}

    support = Path("/Users/ana/Library/Application Support/orqo-vault")
    assert state_root(environ).parent == config_root(environ).parent == support
    assert state_root(environ) != config_root(environ)


def test_without_home_the_user_database_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", "/home/from-the-database")

    assert state_root({}) == Path("/home/from-the-database/.local/state/orqo-vault")


def test_a_project_has_one_state_however_it_is_reached(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "link").symlink_to(project)

    direct = project_state(environ, project)

    assert project_state(environ, tmp_path / "link") == direct
    assert project_state(environ, tmp_path / "x" / ".." / "project") == direct
    assert direct.parent == tmp_path / "state" / "orqo-vault"


def test_two_projects_have_two_states(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}

    assert project_state(environ, tmp_path / "a") != project_state(environ, tmp_path / "b")


def test_naming_a_state_makes_nothing(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}

    project_state(environ, tmp_path / "project")
    config_root(environ)

    assert list(tmp_path.iterdir()) == []
