"""Which files are the settings: the named one, the one above the working directory, and the layers beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.find import FILE_NAME, choose_profile, find_base, layers_of, read_layer

TEXT = "version: 1\n"


def found(cwd: Path, path: str | None = None, **environ: str) -> Path:
    return find_base(Path(path) if path else None, environ=environ, cwd=cwd)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a git checkout with settings at its root, and a folder ``deep/er`` in it."""
    root = tmp_path / "checkout"
    (root / ".git").mkdir(parents=True)
    (root / "deep" / "er").mkdir(parents=True)
    (root / FILE_NAME).write_text(TEXT)
    return root


def test_a_named_file_comes_before_the_variable_and_the_variable_before_the_search(checkout: Path) -> None:
    assert found(checkout, "a.yaml", ORQO_VAULT_CONFIG="b.yaml") == checkout / "a.yaml"
    assert found(checkout, ORQO_VAULT_CONFIG="b.yaml") == checkout / "b.yaml"
    assert found(checkout) == checkout / FILE_NAME
    assert found(checkout, ORQO_VAULT_CONFIG="") == checkout / FILE_NAME


def test_a_named_file_is_relative_to_the_working_directory_and_may_be_in_the_home(checkout: Path, home: Path) -> None:
    assert found(checkout / "deep", "../x.yaml") == checkout / "x.yaml"
    assert found(checkout, ORQO_VAULT_CONFIG="~/x.yaml") == home / "x.yaml"


def test_the_search_goes_up_to_the_root_of_the_checkout_and_the_nearest_wins(checkout: Path) -> None:
    assert found(checkout / "deep" / "er") == checkout / FILE_NAME
    (checkout / "deep" / FILE_NAME).write_text(TEXT)
    assert found(checkout / "deep" / "er") == checkout / "deep" / FILE_NAME


def test_the_search_does_not_leave_the_checkout(checkout: Path) -> None:
    (checkout.parent / FILE_NAME).write_text(TEXT)
    (checkout / FILE_NAME).unlink()
    with pytest.raises(SettingsError, match=r"no orqo-vault\.yaml in .*/deep and up to .*/checkout") as caught:
        found(checkout / "deep")
    assert "orqo-vault init" in (caught.value.hint or "")
    assert caught.value.paths == (str(checkout / "deep"), str(checkout))


def test_a_worktree_whose_git_is_a_file_is_a_checkout(checkout: Path) -> None:
    (checkout / ".git").rmdir()
    (checkout / ".git").write_text("gitdir: elsewhere\n")
    assert found(checkout / "deep") == checkout / FILE_NAME


def test_outside_of_a_checkout_only_the_working_directory_is_asked(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / FILE_NAME).write_text(TEXT)
    assert found(tmp_path) == tmp_path / FILE_NAME
    with pytest.raises(SettingsError, match=r"no orqo-vault\.yaml in \S+/below$"):
        found(below)


def owned_by(owners: dict[Path, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system say that these files belong to other users; only root could give them away."""
    lstat = os.lstat

    def other_owner(path: str | Path) -> os.stat_result:
        found = list(lstat(path))
        found[4] = owners.get(Path(path), found[4])
        return os.stat_result(found)

    monkeypatch.setattr(os, "lstat", other_owner)


def test_a_strangers_file_above_the_working_directory_is_refused(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned_by({checkout / FILE_NAME: 4242}, monkeypatch)
    with pytest.raises(SettingsError, match="belongs to another user") as caught:
        found(checkout / "deep")
    assert "--config" in (caught.value.hint or "")
    assert found(checkout) == checkout / FILE_NAME, "who stands in a folder has chosen it"


@pytest.mark.parametrize("file_owner", [0, 4242])
def test_a_file_of_root_or_of_the_working_directorys_owner_is_no_strangers(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, file_owner: int
) -> None:
    owned_by({checkout / FILE_NAME: file_owner, checkout / "deep": 4242}, monkeypatch)
    assert found(checkout / "deep") == checkout / FILE_NAME


def test_the_profile_comes_from_the_caller_or_else_from_the_variable() -> None:
    assert choose_profile("prod", environ={"ORQO_VAULT_PROFILE": "dev"}) == "prod"
    assert choose_profile(None, environ={"ORQO_VAULT_PROFILE": "dev"}) == "dev"
    assert choose_profile(None, environ={"ORQO_VAULT_PROFILE": ""}) is None
    assert choose_profile(None, environ={}) is None


@pytest.mark.parametrize("name", ["../up", "a/b", "local", "Prod", "a b", "a.b", "é", "x" * 65, "a\n", "."])
def test_a_profile_that_could_name_another_file_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="profile") as caught:
        choose_profile(name, environ={})
    assert caught.value.hint


def test_the_layers_are_named_after_the_base() -> None:
    base = Path("/p/orqo-vault.yaml")
    assert layers_of(base, None) == (base, Path("/p/orqo-vault.local.yaml"))
    assert layers_of(base, "prod")[1:] == (Path("/p/orqo-vault.prod.yaml"), Path("/p/orqo-vault.local.yaml"))
    assert layers_of(Path("/p/mine.yml"), "prod")[1:] == (Path("/p/mine.prod.yml"), Path("/p/mine.local.yml"))


def test_a_layer_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_layer(tmp_path / "absent.yaml", limit=10) is None


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for name in ("pipe.yaml", "folder.yaml"):
        with pytest.raises(SettingsError, match="is not a regular file") as caught:
            read_layer(tmp_path / name, limit=10)
        assert str(caught.value.location) == str(tmp_path / name)


def test_a_file_is_not_read_beyond_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"x" * 11)
    assert read_layer(tmp_path / "a.yaml", limit=11) == b"x" * 11
    with pytest.raises(SettingsError, match="larger than"):
        read_layer(tmp_path / "a.yaml", limit=10)


def test_a_path_that_cannot_be_opened_is_an_error_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_layer(tmp_path / "loop.yaml", limit=10)


def test_a_name_that_is_no_path_is_an_error_of_the_settings() -> None:
    with pytest.raises(SettingsError, match="not the name of a file"):
        read_layer(Path("a\0b"), limit=10)


@pytest.mark.parametrize("name", ["/", "/..", "//"])
def test_the_root_of_all_folders_is_no_settings_file(name: str) -> None:
    with pytest.raises(SettingsError, match="is not a file"):
        find_base(Path(name), environ={})


def test_a_working_directory_that_is_gone_matters_only_to_those_who_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_base(Path("/p/a.yaml"), environ={}) == Path("/p/a.yaml")
    for path in (None, Path("a.yaml")):
        with pytest.raises(SettingsError, match="working directory does not exist"):
            find_base(path, environ={})
