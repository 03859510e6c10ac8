"""A file that decides whom to trust is read only when nobody else could have put it there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.trust import MAX_BYTES, read_trusted

CONTENT = b"allowed_hosts: []\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    path = folder / "operator.yaml"
    path.write_bytes(CONTENT)
    return path


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``path`` somebody else's: root gives it away, anybody else becomes another user."""
    if os.geteuid() == 0:
        os.chown(path, 4242, -1, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4242)


def test_a_file_of_ours_is_read(file: Path) -> None:
    assert read_trusted(file) == CONTENT


def test_no_file_is_not_an_error(file: Path) -> None:
    assert read_trusted(file.with_name("absent.yaml")) is None
    assert read_trusted(file.parent / "absent" / "operator.yaml") is None


@pytest.mark.parametrize("bit", [stat.S_IWGRP, stat.S_IWOTH])
def test_a_file_that_others_may_write_is_refused(file: Path, bit: int) -> None:
    file.chmod(0o600 | bit)

    with pytest.raises(SettingsError, match="other users may change it") as caught:
        read_trusted(file)

    assert caught.value.hint == f"chmod go-w {file}"


@pytest.mark.parametrize("bit", [stat.S_IWGRP, stat.S_IWOTH])
@pytest.mark.parametrize("levels", [0, 1, 2])
def test_a_folder_on_the_way_that_others_may_write_is_refused(tmp_path: Path, bit: int, levels: int) -> None:
    path = tmp_path / "a" / "b" / "c" / "operator.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    open_folder = path.parents[levels]
    open_folder.chmod(0o700 | bit)

    with pytest.raises(SettingsError, match="other users may replace what is in it") as caught:
        read_trusted(path)

    assert caught.value.location == (str(open_folder), None, None)


def test_a_sticky_folder_may_be_everybodys(file: Path) -> None:
    file.parent.chmod(0o1777)

    assert read_trusted(file) == CONTENT


def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give_away(file, monkeypatch)

    with pytest.raises(SettingsError, match="belongs to another user"):
        read_trusted(file)


def test_a_folder_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give_away(file.parent, monkeypatch)

    with pytest.raises(SettingsError, match="belongs to another user"):
        read_trusted(file)


def test_a_symlink_is_followed_when_its_whole_way_is_ours(file: Path, tmp_path: Path) -> None:
    """As Kubernetes mounts a ConfigMap: operator.yaml → ..data/operator.yaml, ..data → ..2026_01_01."""
    mount = tmp_path / "mount"
    mount.mkdir()
    (mount / "..2026_01_01").symlink_to(file.parent)
    (mount / "..data").symlink_to("..2026_01_01")
    (mount / "operator.yaml").symlink_to("..data/operator.yaml")

    assert read_trusted(mount / "operator.yaml") == CONTENT
    assert read_trusted(mount / ".." / "mount" / "operator.yaml") == CONTENT


def test_a_symlink_of_another_user_is_refused(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    give_away(link, monkeypatch)

    with pytest.raises(SettingsError, match="belongs to another user"):
        read_trusted(link)


def test_a_symlink_into_a_folder_that_others_may_write_is_refused(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    file.parent.chmod(0o777)

    with pytest.raises(SettingsError, match="other users may replace what is in it") as caught:
        read_trusted(link)

    assert caught.value.location == (str(file.parent), None, None)


def test_a_symlink_that_leads_nowhere_is_not_taken_for_no_file(file: Path) -> None:
    file.unlink()
    file.symlink_to("gone")

    with pytest.raises(SettingsError, match="leads nowhere"):
        read_trusted(file)


def test_a_circle_of_symlinks_is_refused(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)

    with pytest.raises(SettingsError, match="cannot be read"):
        read_trusted(file)


def test_a_fifo_does_not_hang(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)

    with pytest.raises(SettingsError, match="not a regular file"):
        read_trusted(file)


@pytest.mark.parametrize("place", ["folder", "device"])
def test_what_is_no_regular_file_is_refused(file: Path, place: str) -> None:
    with pytest.raises(SettingsError, match="not a regular file"):
        read_trusted(file.parent if place == "folder" else Path("/dev/null"))


def test_a_file_that_cannot_be_read_is_not_taken_for_no_file(file: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_trusted(file / "below")


def test_a_huge_file_is_refused(file: Path) -> None:
    os.truncate(file, MAX_BYTES + 1)

    with pytest.raises(SettingsError, match="larger than 1024 KiB"):
        read_trusted(file)
